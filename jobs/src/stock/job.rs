//! The job `alert_stock`.

use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Tells what ran low. Twice is safe: a level is told of in the transaction that notes it.
pub(crate) async fn tell(job: Running) -> Result<Outcome, JobError> {
    let told = super::alert(&job.db, &job.tools.mailer, &job.stop).await?;
    job.log.info(format!("{told} low stock levels notified"));
    Ok(Outcome::Done)
}
