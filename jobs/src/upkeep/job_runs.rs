//! The history of jobs.

use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// The job `prune_job_runs`: keeps as much history as the setting says.
pub(crate) async fn prune_job(job: Running) -> Result<Outcome, JobError> {
    let before = job.db.clock().now() - job.tools.job_history;
    job.log.info(format!("{} attempts deleted", db::queue::prune(&job.platform(), before).await?));
    Ok(Outcome::Done)
}
