//! Partitions made ahead, and rows moved out of the net below them.

use domain::quarter::Quarter;
use serde::Deserialize;

use crate::context::Running;
use crate::outcome::{JobError, Outcome};
use crate::partitions::{ArchiveError, archive_due, maintain, restore};
use crate::storage::Storage;

#[derive(Deserialize)]
struct Wish {
    quarter: Quarter,
}

/// The job `make_partitions`. Twice is safe: each step looks first whether it is done.
pub(crate) async fn make(job: Running) -> Result<Outcome, JobError> {
    let months = db::audit::months::make_ahead(&job.db).await?;
    if months > 0 {
        job.log.info(format!("{months} months of the audit log created"));
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
        return Ok(Outcome::Cancel("archiving is off: STOA_RETENTION_QUARTERS is 0".into()));
    }
    let done = archive_due(&job.db, storage(&job)?, retention, &job.stop).await?;
    let failed: Vec<String> = done
        .iter()
        .filter_map(|one| one.done.as_ref().err().map(|error| format!("{}: {error}", one.quarter)))
        .collect();
    if !failed.is_empty() {
        return Err(JobError::new(failed.join("; ")));
    }
    job.log.info(format!("{} partitions archived", done.len()));
    Ok(Outcome::Done)
}

/// The job `restore_partition`. Twice is safe: what was begun goes on, and what is back already is no error.
pub(crate) async fn bring_back(job: Running) -> Result<Outcome, JobError> {
    let Wish { quarter } = job.payload()?;
    match restore(&job.db, storage(&job)?, quarter, &job.stop).await {
        Ok(parts) => job.log.info(format!("{} parts of {quarter} restored", parts.len())),
        Err(ArchiveError::NotArchived(_)) => job.log.info(format!("{quarter} is already restored")),
        Err(error) => return Err(error.into()),
    }
    Ok(Outcome::Done)
}

fn storage(job: &Running) -> Result<&Storage, JobError> {
    let backups = job.tools.backups.as_ref();
    Ok(&backups.ok_or_else(|| JobError::new("this process has no archive storage; set STOA_BACKUP_URL"))?.storage)
}
