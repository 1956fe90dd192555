//! Finishing a job in the transaction of its effect: the effect happens exactly once.

use sea_orm::{ColumnTrait, QueryFilter, Set, Value};

use super::Lease;
use crate::entities::{TenantQueries, job};
use crate::error::DataError;
use crate::scope::Tx;

// Takes the job away and writes down that it is done. `$1` is the tenant. Only running jobs have a worker. Were the state asked
// for as well, PostgreSQL would go by the index of states, through all that ran a moment ago.
// SQL: the job goes and its attempt comes in one statement, whose plan is tested.
pub(super) const DONE: &str = "with gone as (delete from jobs where tenant_id = $1 and id = $2 and worker_id = $3 and fence = $4 returning *) \
    insert into job_runs (tenant_id, job_id, fence, kind, queue, key, payload, attempt, outcome, enqueued_at, ready_at, started_at, finished_at, wait_ms, run_ms, error, log, worker_id) \
    select tenant_id, id, fence, kind, queue, key, payload, attempt, $5, enqueued_at, run_at, started_at, $6::timestamptz, \
      greatest(0, (extract(epoch from started_at - run_at) * 1000)::bigint), greatest(0, (extract(epoch from $6::timestamptz - started_at) * 1000)::bigint), \
      $7, $8, worker_id from gone";

/// Finishes the job of `lease` when `tx` commits. The job then returns `Outcome::Finished`.
///
/// # Errors
/// [`DataError::Refused`] when another worker has taken the job over: then nothing of `tx` may be committed.
pub async fn finish(tx: &Tx, lease: &Lease) -> Result<(), DataError> {
    let values: [Value; 7] = [
        lease.job.0.into(),
        lease.worker.0.into(),
        lease.fence.into(),
        "done".into(),
        tx.scope().now().into(),
        None::<String>.into(),
        None::<serde_json::Value>.into(),
    ];
    if tx.run(DONE, values).await? == 0 {
        return Err(stale());
    }
    Ok(())
}

/// Says that the job got further since its process died last: earlier deaths do not count any more. For long work that
/// goes on where it was stopped.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn forgive(tx: &Tx, lease: &Lease) -> Result<(), DataError> {
    let forgiven = job::ActiveModel { crashes: Set(0), ..Default::default() };
    let forgiven = tx
        .update()
        .set(forgiven)
        .filter(job::Column::Id.eq(lease.job.0))
        .filter(job::Column::WorkerId.eq(lease.worker.0))
        .filter(job::Column::Fence.eq(lease.fence))
        .filter(job::Column::Crashes.gt(0));
    forgiven.exec(tx.conn()).await?;
    Ok(())
}

fn stale() -> DataError {
    DataError::Refused("another worker has taken over this job; no changes were made".into())
}
