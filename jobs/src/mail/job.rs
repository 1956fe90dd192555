//! The jobs `prune_mail` and `send_mail`.

use super::send::{Report, prune, send_due};
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Sends what is due. Twice is safe: each message is one sender's.
pub(crate) async fn send(job: Running) -> Result<Outcome, JobError> {
    let Report { sent, later, failed } = send_due(&job.db, &job.tools.mailer, &job.stop).await?;
    job.log.info(format!("{sent} sent, {later} to be retried, {failed} failed"));
    Ok(Outcome::Done)
}

/// Forgets what came to its end a month ago. Twice is safe: the second finds nothing.
pub(crate) async fn forget(job: Running) -> Result<Outcome, JobError> {
    job.log.info(format!("{} emails deleted", prune(&job.db).await?));
    Ok(Outcome::Done)
}
