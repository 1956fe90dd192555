//! Quarters made ahead.

use chrono::Months;
use db::{DataError, Db};

use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Makes this quarter and the next two; how many were missing.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn ensure(db: &Db) -> Result<usize, DataError> {
    let today = db.clock().now().date_naive();
    let ahead = [0, 3, 6].into_iter().filter_map(|months| today.checked_add_months(Months::new(months)));
    db::partitions::ensure(db, ahead).await
}

/// The job `make_partitions`.
pub(crate) async fn make(job: Running) -> Result<Outcome, JobError> {
    job.log.info(format!("{} quarters made", ensure(&job.db).await?));
    Ok(Outcome::Done)
}
