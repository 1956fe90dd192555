//! Keys that ended long ago.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{ExprTrait, Func, SimpleExpr};
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;

use crate::entities::{TenantQueries, api_key};
use crate::error::DataError;
use crate::scope::Scope;

/// Forgets keys that were revoked or ran out before `before`; how many. What was done with them stays in the record, by
/// their ids, and so does what they were called.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(scope: &Scope, before: DateTime<Utc>) -> Result<u64, DataError> {
    let tx = scope.begin().await?;
    let ended = Func::least([api_key::Column::RevokedAt, api_key::Column::ExpiresAt].map(ColumnTrait::into_expr));
    let ended = tx.delete::<api_key::Entity>().filter(SimpleExpr::from(ended).lt(before));
    let gone = ended.exec(tx.conn()).await?.rows_affected;
    if gone > 0 {
        crate::audit::note(&tx, "api_key.forget", "keys", json!({"keys": gone})).await?;
    }
    tx.commit().await?;
    Ok(gone)
}
