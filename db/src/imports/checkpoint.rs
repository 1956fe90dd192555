//! Moving a run on, in the transaction that stores its orders.

use domain::imports::{Problem, Summary};

use super::claim::{Lease, held};
use super::{problems, signed};
use crate::error::DataError;
use crate::scope::Tx;

/// How far a run got.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The line up to which everything is settled.
    pub line: u64,
    /// How many data lines the file has.
    pub total_lines: u64,
    /// What the run came to so far.
    pub summary: &'a Summary,
    /// What was found since the last checkpoint.
    pub problems: &'a [Problem],
}

/// Keeps the progress and renews the lease; how many problems there are by now.
///
/// # Errors
/// When somebody else holds the run by now: then the batch must not be committed.
pub async fn save(tx: &Tx, lease: &Lease, progress: &Progress<'_>) -> Result<u64, DataError> {
    problems::keep(tx, lease.import, progress.problems).await?;
    let until = tx.scope().now() + super::LEASE;
    let sql = "update import_runs set checkpoint = $5, total_lines = $6, summary = $7, problem_count = problem_count + $8, \
                 lease_until = $9, attempts = 0, error = null \
               where tenant_id = $1 and id = $2 and lease_owner = $3 and fence = $4 and status = 'running' returning problem_count";
    let summary = serde_json::to_value(progress.summary).map_err(|e| DataError::Corrupt(e.to_string()))?;
    let values = [
        lease.import.0.into(),
        lease.owner.into(),
        lease.fence.into(),
        signed(progress.line).into(),
        signed(progress.total_lines).into(),
        summary.into(),
        signed(progress.problems.len() as u64).into(),
        until.into(),
    ];
    let count: Option<i64> = tx.scalar(sql, values).await?;
    held(u64::from(count.is_some()))?;
    Ok(super::unsigned(count.unwrap_or_default()))
}
