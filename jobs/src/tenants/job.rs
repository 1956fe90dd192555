//! The job `erase_tenants`.

use super::erase::{Fate, erase};
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Removes tenants whose time is over. Twice is safe: what is gone is gone, and one that waits for its export waits on.
pub(crate) async fn run(job: Running) -> Result<Outcome, JobError> {
    let due = job.platform().due_to_go().await?;
    if due.is_empty() {
        return Ok(Outcome::Done);
    }
    let backups = job.tools.backups.as_ref();
    let backups = backups.ok_or_else(|| JobError::new("this process has no backup storage; set STOA_BACKUP_URL"))?;
    let mut failed = Vec::new();
    for leaving in due {
        match erase(backups, &job.tools.data_dir, &leaving).await {
            Ok(Fate::Gone(erased)) => job.log.info(format!("tenant {}: {} rows deleted", leaving.slug, erased.rows)),
            Ok(Fate::Waits) => job.log.info(format!("tenant {}: its final backup is not finished yet", leaving.slug)),
            // The others go all the same.
            Err(error) => failed.push(format!("tenant {}: {error}", leaving.slug)),
        }
    }
    if failed.is_empty() { Ok(Outcome::Done) } else { Err(JobError::new(failed.join("; "))) }
}
