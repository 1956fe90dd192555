//! Rows of backups that are gone for long.

use chrono::{DateTime, Utc};
use domain::backups::Status;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};

use super::pending::{self, Key};
use super::place::Place;
use crate::entities::text::Text;
use crate::entities::{AllTenantsQueries, TenantQueries, backup};
use crate::error::DataError;
use crate::platform::Platform;

/// Rows at once: the rest waits for the next time.
const AT_ONCE: u64 = 1_000;

/// Deletes the rows of backups that failed or were pruned, and whose objects were gone, before `before`; how many.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn forget(platform: &Platform, before: DateTime<Utc>) -> Result<usize, DataError> {
    let tx = platform.begin().await?;
    let gone = tx
        .find_all::<backup::Entity>()
        .filter(backup::Column::Status.is_in([Status::Failed, Status::Pruned].map(Text)))
        .filter(backup::Column::RemovedAt.lt(before))
        .limit(AT_ONCE);
    let gone: Vec<Key> = pending::keys(gone).into_tuple().all(tx.conn()).await?;
    tx.commit().await?;
    for (tenant, id, kind) in &gone {
        let place = Place::for_job(platform.db(), (*tenant).into())?;
        let work = place.begin().await?;
        work.delete::<backup::Entity>().filter(backup::Column::Id.eq(*id)).exec(work.conn()).await?;
        work.commit_change((*id).into(), **kind, "forgotten").await?;
    }
    Ok(gone.len())
}
