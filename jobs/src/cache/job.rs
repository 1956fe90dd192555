//! The job `warm_cache`.

use super::{Limits, Report, warm};
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Fills the cache of busy tenants. Twice is safe: the second finds everything there.
pub(crate) async fn fill(job: Running) -> Result<Outcome, JobError> {
    let Report { tenants, computed, left_out } = warm(&job.db, Limits::default(), &job.stop).await?;
    job.log.info(format!("{tenants} dashboards cached, {computed} computed, {left_out} skipped"));
    Ok(Outcome::Done)
}
