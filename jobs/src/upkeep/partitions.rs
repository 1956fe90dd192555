//! Partitions made ahead, and rows moved out of the net below them.

use crate::context::Running;
use crate::outcome::{JobError, Outcome};
use crate::partitions::{archive_due, maintain};

/// The job `make_partitions`. Twice is safe: each step looks first whether it is done.
pub(crate) async fn make(job: Running) -> Result<Outcome, JobError> {
    let months = db::audit::months::make_ahead(&job.db).await?;
    if months > 0 {
        job.log.info(format!("{months} months of the audit made"));
    }
    let report = maintain(&job.db, &job.stop).await?;
    if !report.failed.is_empty() {
        return Err(JobError::new(report.to_string()));
    }
    job.log.info(report.to_string());
    Ok(Outcome::Done)
}

/// The job `archive_partitions`. Twice is safe: an archive that was begun goes on where it was, and nothing is dropped that
/// was not read back.
pub(crate) async fn archive(job: Running) -> Result<Outcome, JobError> {
    let retention = job.tools.retention_quarters;
    if retention == 0 {
        return Ok(Outcome::Cancel("nothing is archived: STOA_RETENTION_QUARTERS is 0".into()));
    }
    let backups = job.tools.backups.as_ref();
    let storage = &backups.ok_or_else(|| JobError::new("this process was not told where archives go"))?.storage;
    let done = archive_due(&job.db, storage, retention, &job.stop).await?;
    let failed: Vec<String> = done
        .iter()
        .filter_map(|one| one.done.as_ref().err().map(|error| format!("{}: {error}", one.quarter)))
        .collect();
    if !failed.is_empty() {
        return Err(JobError::new(failed.join("; ")));
    }
    job.log.info(format!("{} quarters archived", done.len()));
    Ok(Outcome::Done)
}
