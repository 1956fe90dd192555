//! Backups with which something is still to be done: to be copied elsewhere, to be read back.

use chrono::{DateTime, Utc};
use domain::backups::Kind;
use domain::ids::{BackupId, TenantId};
use sea_orm::FromQueryResult;

use super::row::word;
use crate::error::DataError;
use crate::platform::Platform;

/// A backup that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Of whom; the nil id for the installation.
    pub tenant: TenantId,
    /// Which.
    pub id: BackupId,
    /// What it holds.
    pub kind: Kind,
}

/// Kept backups whose copy failed, or was never noted, before `before`; newest first, because they are missed most.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn uncopied(platform: &Platform, before: DateTime<Utc>, limit: u64) -> Result<Vec<Pending>, DataError> {
    let sql = "select tenant_id, id, kind from backups where status in ('stored', 'verified') \
                 and offsite_status in ('waiting', 'failed') and coalesce(offsite_at, finished_at) < $1 \
               order by started_at desc limit $2";
    find(platform, sql, before, limit).await
}

/// Kept backups that nobody has read back since they were written before `before`, or that could not be read the last
/// time, before `before`. Whichever has waited longest comes first, so that one that can never be read holds up no other.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn unread(platform: &Platform, before: DateTime<Utc>, limit: u64) -> Result<Vec<Pending>, DataError> {
    let sql = "select tenant_id, id, kind from backups \
               where (status = 'stored' or (status = 'verified' and verify_error is not null)) \
                 and coalesce(unread_at, finished_at) < $1 \
               order by coalesce(unread_at, finished_at), started_at limit $2";
    find(platform, sql, before, limit).await
}

async fn find(platform: &Platform, sql: &str, before: DateTime<Utc>, limit: u64) -> Result<Vec<Pending>, DataError> {
    #[derive(FromQueryResult)]
    struct Row {
        tenant_id: uuid::Uuid,
        id: uuid::Uuid,
        kind: String,
    }
    let tx = platform.begin().await?;
    let rows: Vec<Row> = tx.all(sql, [before.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()]).await?;
    tx.commit().await?;
    let read = |row: Row| Ok(Pending { tenant: row.tenant_id.into(), id: row.id.into(), kind: word(&row.kind)? });
    rows.into_iter().map(read).collect()
}
