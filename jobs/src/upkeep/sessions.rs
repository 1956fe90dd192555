//! Sessions that ended.

use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// The job `prune_sessions`.
pub(crate) async fn prune_job(job: Running) -> Result<Outcome, JobError> {
    job.log.info(format!("{} sessions removed", db::sessions::prune(&job.db).await?));
    Ok(Outcome::Done)
}
