//! Forgetting history, a batch at a time.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, QueryFilter};

use crate::entities::enums::WorkerState;
use crate::entities::{SharedQueries, job_minute, job_worker};
use crate::error::DataError;
use crate::platform::Platform;

const BATCH: i64 = 5_000;
// Workers that are gone are shown for a day.
const WORKERS_KEPT: TimeDelta = TimeDelta::days(1);

/// Forgets what ended before `before`: attempts, figures by minute, and workers that are long gone. How many attempts.
///
/// # Errors
/// When PostgreSQL fails; what was forgotten until then stays so.
pub async fn prune(platform: &Platform, before: DateTime<Utc>) -> Result<u64, DataError> {
    // SQL: the oldest of a batch by their place in the table: PostgreSQL deletes nothing with a limit.
    let runs = "delete from job_runs where ctid = any(array(select ctid from job_runs where finished_at < $1 order by finished_at, job_id limit $2))";
    let mut gone = 0;
    loop {
        let tx = platform.begin().await?;
        let batch = tx.run(runs, [before.into(), BATCH.into()]).await?;
        tx.commit().await?;
        gone += batch;
        if batch < BATCH.unsigned_abs() {
            break;
        }
    }
    let tx = platform.begin().await?;
    let minutes = tx.delete_shared::<job_minute::Entity>().filter(job_minute::Column::Minute.lt(before));
    minutes.exec(tx.conn()).await?;
    let workers = tx
        .delete_shared::<job_worker::Entity>()
        .filter(job_worker::Column::SeenAt.lt(tx.db().clock().now() - WORKERS_KEPT))
        .filter(job_worker::Column::State.is_in([WorkerState::Stopped, WorkerState::Lost]));
    workers.exec(tx.conn()).await?;
    tx.commit().await?;
    Ok(gone)
}
