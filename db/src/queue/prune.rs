//! Forgetting history, a batch at a time.

use chrono::{DateTime, TimeDelta, Utc};

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
    tx.run("delete from job_minutes where minute < $1", [before.into()]).await?;
    let workers = "delete from job_workers where seen_at < $1 and state in ('stopped', 'lost')";
    tx.run(workers, [(tx.db().clock().now() - WORKERS_KEPT).into()]).await?;
    tx.commit().await?;
    Ok(gone)
}
