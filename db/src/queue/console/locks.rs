//! Locks as people see them, and breaking one.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use serde_json::json;

use super::notes::{By, note};
use crate::error::DataError;
use crate::platform::Platform;

/// A lock that is held, or whose lease ran out.
#[derive(Clone, PartialEq, Eq, Debug, FromQueryResult)]
pub struct LockRow {
    /// What it protects.
    pub name: String,
    /// Who holds it.
    pub holder: String,
    /// Which taking it is.
    pub fence: i64,
    /// Until when, unless it is renewed.
    pub lease_until: DateTime<Utc>,
    /// Since when.
    pub acquired_at: DateTime<Utc>,
    /// What for.
    pub reason: String,
    /// Whether the lease ran out: the next one who asks gets it.
    pub is_over: bool,
}

/// Locks that somebody holds, by name, up to 200.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn locks(platform: &Platform) -> Result<Vec<LockRow>, DataError> {
    let sql = "select name, holder, fence, lease_until, acquired_at, reason, lease_until <= clock_timestamp() as is_over \
               from job_locks where holder is not null order by name limit 200";
    let tx = platform.begin().await?;
    let found = tx.all(sql, []).await?;
    tx.commit().await?;
    Ok(found)
}

/// Takes a lock from its holder, whose writes are refused from now on. Whether anybody held it.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn break_lock(platform: &Platform, name: &str, by: &By) -> Result<bool, DataError> {
    let tx = platform.begin().await?;
    let sql = "update job_locks l set holder = null, fence = l.fence + 1, reason = 'broken: ' || $2 \
               from (select name, holder from job_locks where name = $1 for update) was \
               where l.name = was.name and was.holder is not null returning was.holder";
    let holder: Option<String> = tx.scalar(sql, [name.into(), by.reason().into()]).await?;
    if let Some(holder) = &holder {
        note(&tx, by, "break_lock", name, json!({"holder": holder})).await?;
    }
    tx.commit().await?;
    Ok(holder.is_some())
}
