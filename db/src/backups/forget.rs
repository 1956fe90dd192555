//! Rows of backups that are gone for long.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;

use super::place::Place;
use super::row::word;
use crate::error::DataError;
use crate::platform::Platform;

/// Rows at once: the rest waits for the next time.
const AT_ONCE: i64 = 1_000;

/// Deletes the rows of backups that failed or were pruned, and whose objects were gone, before `before`; how many.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn forget(platform: &Platform, before: DateTime<Utc>) -> Result<usize, DataError> {
    #[derive(FromQueryResult)]
    struct Gone {
        tenant_id: uuid::Uuid,
        id: uuid::Uuid,
        kind: String,
    }
    let sql =
        "select tenant_id, id, kind from backups where status in ('failed', 'pruned') and removed_at < $1 limit $2";
    let tx = platform.begin().await?;
    let gone: Vec<Gone> = tx.all(sql, [before.into(), AT_ONCE.into()]).await?;
    tx.commit().await?;
    for row in &gone {
        let place = Place::for_job(platform.db(), row.tenant_id.into())?;
        let work = place.begin().await?;
        work.run("delete from backups where tenant_id = $1 and id = $2", [row.id.into()]).await?;
        work.commit_change(row.id.into(), word(&row.kind)?, "forgotten").await?;
    }
    Ok(gone.len())
}
