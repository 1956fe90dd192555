//! Moving a run on, in the transaction that stores its orders.

use domain::imports::{Problem, RunStatus, Summary};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, QueryFilter, Set};

use super::claim::{Lease, held};
use super::{problems, signed};
use crate::entities::extras::update_returning;
use crate::entities::import_run;
use crate::entities::text::Text;
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
    let summary = serde_json::to_value(progress.summary).map_err(|e| DataError::Corrupt(e.to_string()))?;
    let further = import_run::ActiveModel {
        checkpoint: Set(signed(progress.line)),
        total_lines: Set(Some(signed(progress.total_lines))),
        summary: Set(summary),
        lease_until: Set(Some(tx.scope().now() + super::LEASE)),
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
    Ok(counts.first().copied().map_or(0, super::unsigned))
}
