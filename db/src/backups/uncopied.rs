//! Which backups lack their copy elsewhere.

use chrono::{DateTime, Utc};
use domain::backups::Kind;
use domain::ids::{BackupId, TenantId};
use sea_orm::FromQueryResult;

use super::row::word;
use crate::error::DataError;
use crate::platform::Platform;

/// A backup without its copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uncopied {
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
pub async fn uncopied(platform: &Platform, before: DateTime<Utc>, limit: u64) -> Result<Vec<Uncopied>, DataError> {
    #[derive(FromQueryResult)]
    struct Row {
        tenant_id: uuid::Uuid,
        id: uuid::Uuid,
        kind: String,
    }
    let sql = "select tenant_id, id, kind from backups where status in ('stored', 'verified') \
                 and offsite_status in ('waiting', 'failed') and coalesce(offsite_at, finished_at) < $1 \
               order by started_at desc limit $2";
    let tx = platform.begin().await?;
    let rows: Vec<Row> = tx.all(sql, [before.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()]).await?;
    tx.commit().await?;
    let read = |row: Row| Ok(Uncopied { tenant: row.tenant_id.into(), id: row.id.into(), kind: word(&row.kind)? });
    rows.into_iter().map(read).collect()
}
