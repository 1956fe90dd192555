//! What a run comes to: moved on from checkpoint to checkpoint, and its ends, good and bad.

use domain::imports::{Problem, RunStatus, Summary};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, QueryFilter, Set};
use serde_json::json;

use super::claim::{LEASE, Lease, held, released};
use super::{Preview, problems, signed, unsigned};
use crate::entities::extras::update_returning;
use crate::entities::text::Text;
use crate::entities::{TenantQueries, import_run};
use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// How often a run is taken without getting further before it is given up.
pub const ATTEMPTS: i32 = 3;
/// How often a failed run begins anew, once an hour.
pub const ROUNDS: i16 = 24;

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

/// Keeps the progress in the transaction that stores its orders, and renews the lease; how many problems there are by now.
///
/// # Errors
/// When somebody else holds the run by now: then the batch must not be committed.
pub async fn save(tx: &Tx, lease: &Lease, progress: &Progress<'_>) -> Result<u64, DataError> {
    problems::keep(tx, lease.import, progress.problems).await?;
    let summary = serde_json::to_value(progress.summary).map_err(|e| DataError::Corrupt(e.to_string()))?;
    let further = import_run::ActiveModel {
        checkpoint: Set(signed(progress.line)),
        total_lines: Set(Some(signed(progress.total_lines))),
        summary: Set(summary),
        lease_until: Set(Some(tx.scope().now() + LEASE)),
        attempts: Set(0),
        error: Set(None),
        ..Default::default()
    };
    let found = Expr::col(import_run::Column::ProblemCount).add(signed(progress.problems.len() as u64));
    let update = lease.update(tx).set(further).col_expr(import_run::Column::ProblemCount, found);
    let update = update.filter(import_run::Column::Status.eq(Text(RunStatus::Running)));
    // The count alone: what a check found may be long.
    let counts: Vec<i64> = update_returning(update, [import_run::Column::ProblemCount], tx.conn()).await?;
    held(counts.len() as u64)?;
    Ok(counts.first().copied().map_or(0, unsigned))
}

/// All that could go in is in.
///
/// # Errors
/// When somebody else holds the run by now.
pub async fn finish(tx: &Tx, lease: &Lease) -> Result<(), DataError> {
    let done = import_run::ActiveModel {
        status: Set(Text(RunStatus::Done)),
        finished_at: Set(Some(tx.scope().now())),
        error: Set(None),
        ..released()
    };
    let done = lease.update(tx).set(done).filter(import_run::Column::Status.eq(Text(RunStatus::Running)));
    held(done.exec(tx.conn()).await?.rows_affected)?;
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
    problems::forget(tx, lease.import).await?;
    // Makes room for what is kept below.
    let none = import_run::ActiveModel { problem_count: Set(0), ..Default::default() };
    let run = tx.update::<import_run::Entity>().set(none).filter(import_run::Column::Id.eq(lease.import.0));
    run.exec(tx.conn()).await?;
    problems::keep(tx, lease.import, found).await?;
    let checked = import_run::ActiveModel {
        status: Set(Text(RunStatus::Checked)),
        preview: Set(Some(serde_json::to_value(preview).map_err(|e| DataError::Corrupt(e.to_string()))?)),
        total_lines: Set(Some(signed(total_lines))),
        problem_count: Set(signed(count)),
        attempts: Set(0),
        error: Set(None),
        ..released()
    };
    let checked = lease.update(tx).set(checked).filter(import_run::Column::Status.eq(Text(RunStatus::Checking)));
    held(checked.exec(tx.conn()).await?.rows_affected)
}

/// The run cannot be done, for `reason`.
///
/// # Errors
/// When somebody else holds the run by now.
pub async fn fail(tx: &Tx, lease: &Lease, reason: &str) -> Result<(), DataError> {
    let failed = import_run::ActiveModel {
        status: Set(Text(RunStatus::Failed)),
        error: Set(Some(reason.to_owned())),
        finished_at: Set(Some(tx.scope().now())),
        ..released()
    };
    held(lease.update(tx).set(failed).exec(tx.conn()).await?.rows_affected)?;
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
    let over =
        import_run::ActiveModel { error: Set(Some(reason.to_owned())), lease_until: Set(None), ..Default::default() };
    let over = lease.update(&tx).set(over);
    let attempts: Vec<i32> = update_returning(over, [import_run::Column::Attempts], tx.conn()).await?;
    held(attempts.len() as u64)?;
    let next = match attempts.first() {
        Some(attempts) if *attempts < ATTEMPTS => GaveUp::Again,
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
