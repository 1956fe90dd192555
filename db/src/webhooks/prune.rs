//! Deliveries that ended long ago.

use chrono::{DateTime, Utc};

use crate::error::DataError;
use crate::scope::Scope;

const AT_ONCE: i64 = 5_000;

/// Gives up what has waited since before `before`, as at a webhook that was paused and forgotten, and forgets what ended
/// before then, [`AT_ONCE`] at most; how many are gone. Index: `webhook_deliveries_finished`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(scope: &Scope, before: DateTime<Utc>) -> Result<u64, DataError> {
    let tx = scope.begin().await?;
    let sql = "update webhook_deliveries set state = 'failed', next_at = null, finished_at = $3 \
               where tenant_id = $1 and state = 'waiting' and created_at < $2";
    tx.run(sql, [before.into(), scope.now().into()]).await?;
    let sql = "delete from webhook_deliveries where tenant_id = $1 and id in ( \
                 select id from webhook_deliveries where tenant_id = $1 and finished_at < $2 limit $3)";
    let gone = tx.run(sql, [before.into(), AT_ONCE.into()]).await?;
    tx.commit().await?;
    Ok(gone)
}
