//! The job `send_summaries`.

use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Tells of the days that are due. Twice is safe: a store is told of a day in the transaction that notes it.
pub(crate) async fn send(job: Running) -> Result<Outcome, JobError> {
    let told = super::send_due(&job.db, &job.tools.mailer, &job.stop).await?;
    job.log.info(format!("{told} summaries sent"));
    Ok(Outcome::Done)
}
