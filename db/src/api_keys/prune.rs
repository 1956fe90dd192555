//! Keys that ended long ago.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::error::DataError;
use crate::scope::Scope;

/// Forgets keys that were revoked or ran out before `before`; how many. What was done with them stays in the record, by
/// their ids, and so does what they were called.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(scope: &Scope, before: DateTime<Utc>) -> Result<u64, DataError> {
    let tx = scope.begin().await?;
    let gone = tx
        .run("delete from api_keys where tenant_id = $1 and least(revoked_at, expires_at) < $2", [before.into()])
        .await?;
    if gone > 0 {
        crate::audit::note(&tx, "api_key.forget", "keys", json!({"keys": gone})).await?;
    }
    tx.commit().await?;
    Ok(gone)
}
