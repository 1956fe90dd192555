//! What must be done now and then, whether or not anybody asks. Each is a plain function, and beside it the thin job that
//! calls it. All of them may run twice, even at once: they remove what is old or make what is missing.

pub mod audit;
pub mod feed;
pub mod idempotency;
pub mod partitions;
pub mod rollups;

use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// More tenants than an installation has.
pub(crate) const TENANTS: u64 = 100_000;

/// The job `prune_job_runs`: keeps as much of the history of jobs as the setting says.
pub(crate) async fn prune_job_runs(job: Running) -> Result<Outcome, JobError> {
    let before = job.db.clock().now() - job.tools.job_history;
    job.log.info(format!("{} attempts deleted", db::queue::prune(&job.platform(), before).await?));
    Ok(Outcome::Done)
}

/// The job `prune_sessions`: removes those that ended.
pub(crate) async fn prune_sessions(job: Running) -> Result<Outcome, JobError> {
    job.log.info(format!("{} sessions removed", db::sessions::prune(&job.db).await?));
    Ok(Outcome::Done)
}
