//! Partitions made ahead, and rows moved out of the net below them.

use crate::context::Running;
use crate::outcome::{JobError, Outcome};
use crate::partitions::maintain;

/// The job `make_partitions`. Twice is safe: each step looks first whether it is done.
pub(crate) async fn make(job: Running) -> Result<Outcome, JobError> {
    let report = maintain(&job.db, &job.stop).await?;
    if !report.failed.is_empty() {
        return Err(JobError::new(report.to_string()));
    }
    job.log.info(report.to_string());
    Ok(Outcome::Done)
}
