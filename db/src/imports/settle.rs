//! The ends of a run, good and bad.

use domain::imports::Problem;
use serde_json::json;

use super::claim::{Lease, held};
use super::{Preview, problems, signed};
use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// How often a run is taken without getting further before it is given up.
pub const ATTEMPTS: i32 = 3;
/// How often a failed run begins anew, once an hour.
pub const ROUNDS: i16 = 24;

/// All that could go in is in.
///
/// # Errors
/// When somebody else holds the run by now.
pub async fn finish(tx: &Tx, lease: &Lease) -> Result<(), DataError> {
    let sql = "update import_runs set status = 'done', finished_at = $5, lease_owner = null, lease_until = null, error = null \
               where tenant_id = $1 and id = $2 and lease_owner = $3 and fence = $4 and status = 'running'";
    let values = [lease.import.0.into(), lease.owner.into(), lease.fence.into(), tx.scope().now().into()];
    held(tx.run(sql, values).await?)?;
    crate::audit::note(tx, "import.finish", &lease.import.to_string(), json!({})).await
}

/// The file was read through and waits for a person's word. `found` are the first of `count` problems.
///
/// # Errors
/// When somebody else holds the run by now.
pub async fn checked(
    tx: &Tx,
    lease: &Lease,
    preview: &Preview,
    total_lines: u64,
    found: &[Problem],
    count: u64,
) -> Result<(), DataError> {
    tx.run("delete from import_problems where tenant_id = $1 and import_id = $2", [lease.import.0.into()]).await?;
    let reset = "update import_runs set problem_count = 0 where tenant_id = $1 and id = $2";
    tx.run(reset, [lease.import.0.into()]).await?;
    problems::keep(tx, lease.import, found).await?;
    let sql = "update import_runs set status = 'checked', preview = $5, total_lines = $6, problem_count = $7, \
                 lease_owner = null, lease_until = null, attempts = 0, error = null \
               where tenant_id = $1 and id = $2 and lease_owner = $3 and fence = $4 and status = 'checking'";
    let preview = serde_json::to_value(preview).map_err(|e| DataError::Corrupt(e.to_string()))?;
    let values = [
        lease.import.0.into(),
        lease.owner.into(),
        lease.fence.into(),
        preview.into(),
        signed(total_lines).into(),
        signed(count).into(),
    ];
    held(tx.run(sql, values).await?)
}

/// The run cannot be done, for `reason`.
///
/// # Errors
/// When somebody else holds the run by now.
pub async fn fail(tx: &Tx, lease: &Lease, reason: &str) -> Result<(), DataError> {
    let sql = "update import_runs set status = 'failed', error = $5, finished_at = $6, lease_owner = null, lease_until = null \
               where tenant_id = $1 and id = $2 and lease_owner = $3 and fence = $4";
    let values =
        [lease.import.0.into(), lease.owner.into(), lease.fence.into(), reason.into(), tx.scope().now().into()];
    held(tx.run(sql, values).await?)?;
    crate::audit::note(tx, "import.fail", &lease.import.to_string(), json!({"reason": reason})).await
}

/// What follows an attempt that went wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GaveUp {
    /// The next attempt, soon.
    Again,
    /// The run failed, and begins anew in an hour.
    InAnHour,
    /// The run failed for good.
    ForGood,
}

/// An attempt went wrong for `reason`: the run waits for the next one, unless it was tried often enough without
/// getting further. Then it failed, and begins anew in an hour, [`ROUNDS`] times; `round` counts from 0.
///
/// # Errors
/// When somebody else holds the run by now.
pub async fn give_up(scope: &Scope, lease: &Lease, reason: &str, round: i16) -> Result<GaveUp, DataError> {
    let tx = scope.begin().await?;
    let sql = "update import_runs set error = $5, lease_until = null \
               where tenant_id = $1 and id = $2 and lease_owner = $3 and fence = $4 returning attempts";
    let values = [lease.import.0.into(), lease.owner.into(), lease.fence.into(), reason.into()];
    let attempts: Option<i32> = tx.scalar(sql, values).await?;
    held(u64::from(attempts.is_some()))?;
    let next = match attempts {
        Some(attempts) if attempts < ATTEMPTS => GaveUp::Again,
        _ if round < ROUNDS => GaveUp::InAnHour,
        _ => GaveUp::ForGood,
    };
    if next != GaveUp::Again {
        fail(&tx, lease, reason).await?;
    }
    if next == GaveUp::InAnHour {
        super::queue::enqueue_retry(&tx, lease.import, round + 1).await?;
    }
    tx.commit().await?;
    Ok(next)
}
