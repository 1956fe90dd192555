//! Sending what stands in the outbox.
//!
//! A message is noted as sent right after the server took it. When this process ends between the two, the message is
//! sent once more when its lease is over: SMTP has no way around that. The repetition has the same Message-ID.

use chrono::TimeDelta;
use db::outbox::{self, Claimed, Ending};
use db::platform::Platform;
use db::{DataError, Db};
use domain::ids::{TenantId, Uuid};
use domain::mail::wait_after;
use tokio_util::sync::CancellationToken;

use super::mailer::{Mailer, Session, Trouble};
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Messages taken at once. All of them, as slow as can be, take less than their lease.
const AT_ONCE: u64 = 8;
const KEPT: TimeDelta = TimeDelta::days(30);

/// What became of some messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Taken over by the mail server.
    pub sent: u64,
    /// To be tried again.
    pub later: u64,
    /// Given up.
    pub failed: u64,
}

/// Sends all messages that are due, of all tenants, until there are none, the mail server cannot be reached, or `stop`.
/// Twice at the same time is safe: each message is one sender's.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn send_due(db: &Db, mailer: &Mailer, stop: &CancellationToken) -> Result<Report, DataError> {
    let mut round = Round::new(db, mailer);
    while !stop.is_cancelled() && round.is_away.is_none() {
        let claimed = outbox::claim(&round.platform, AT_ONCE).await?;
        if claimed.is_empty() {
            break;
        }
        for mail in &claimed {
            round.attempt(mail).await?;
        }
    }
    Ok(round.end().await)
}

/// Sends one message if it is due and nobody else has it; how that ended.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn send_one(db: &Db, mailer: &Mailer, tenant: TenantId, id: Uuid) -> Result<Option<Ending>, DataError> {
    let mut round = Round::new(db, mailer);
    let Some(mail) = outbox::claim_one(&round.platform, tenant, id).await? else { return Ok(None) };
    let ending = round.attempt(&mail).await?;
    round.end().await;
    Ok(Some(ending))
}

/// Sends the messages with these ids, one after the other; those after one at which the mail server could not be reached
/// are left for the next who sends what is due.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn send_all(db: &Db, mailer: &Mailer, tenant: TenantId, ids: &[Uuid]) -> Result<Report, DataError> {
    let mut round = Round::new(db, mailer);
    for id in ids {
        if round.is_away.is_some() {
            round.report.later += 1;
        } else if let Some(mail) = outbox::claim_one(&round.platform, tenant, *id).await? {
            round.attempt(&mail).await?;
        }
    }
    Ok(round.end().await)
}

/// Forgets messages that came to their end 30 days ago; how many.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(db: &Db) -> Result<u64, DataError> {
    outbox::prune(&Platform::command(db.clone()), db.clock().now() - KEPT).await
}

/// The job `send_mail`: sends what is due. Twice is safe: each message is one sender's.
pub(crate) async fn send_job(job: Running) -> Result<Outcome, JobError> {
    let Report { sent, later, failed } = send_due(&job.db, &job.tools.mailer, &job.stop).await?;
    job.log.info(format!("{sent} sent, {later} to be retried, {failed} failed"));
    Ok(Outcome::Done)
}

/// The job `prune_mail`: forgets what came to its end a month ago. Twice is safe: the second finds nothing.
pub(crate) async fn prune_job(job: Running) -> Result<Outcome, JobError> {
    job.log.info(format!("{} emails deleted", prune(&job.db).await?));
    Ok(Outcome::Done)
}

// Messages one after the other over one connection.
struct Round<'a> {
    platform: Platform,
    session: Session<'a>,
    // Why the server could not be reached: it is not asked again for each of the others.
    is_away: Option<String>,
    report: Report,
}

impl<'a> Round<'a> {
    fn new(db: &Db, mailer: &'a Mailer) -> Self {
        let platform = Platform::command(db.clone());
        Self { platform, session: mailer.session(), is_away: None, report: Report::default() }
    }

    async fn attempt(&mut self, mail: &Claimed) -> Result<Ending, DataError> {
        let now = self.platform.db().clock().now();
        let tried = match &self.is_away {
            Some(words) => Err(Trouble::Unreachable(words.clone())),
            None => self.session.send(mail, now).await,
        };
        if let Err(Trouble::Unreachable(words)) = &tried {
            self.is_away = Some(words.clone());
        }
        let ending = settle(&self.platform, mail, tried).await?;
        self.report.count(&ending);
        Ok(ending)
    }

    async fn end(self) -> Report {
        self.session.end().await;
        self.report
    }
}

async fn settle(platform: &Platform, mail: &Claimed, tried: Result<(), Trouble>) -> Result<Ending, DataError> {
    let ending = match tried {
        Ok(()) => Ending::Sent,
        Err(Trouble::Refused(words)) => Ending::Failed(words),
        Err(Trouble::Later(words) | Trouble::Unreachable(words)) => match wait_after(mail.attempt) {
            Some(wait) => Ending::Later(platform.db().clock().now() + wait, words),
            None => Ending::Failed(format!("failed after {} attempts: {words}", mail.attempt)),
        },
    };
    match &ending {
        Ending::Sent => tracing::debug!(id = %mail.id, kind = mail.kind, "email sent"),
        Ending::Later(at, words) => {
            tracing::warn!(id = %mail.id, kind = mail.kind, %at, error = words, "email not sent yet")
        }
        Ending::Failed(words) => tracing::error!(id = %mail.id, kind = mail.kind, error = words, "email not sent"),
    }
    if !outbox::settle(platform, mail, &ending).await? {
        tracing::warn!(id = %mail.id, "another sender took over this email");
    }
    Ok(ending)
}

impl Report {
    fn count(&mut self, ending: &Ending) {
        match ending {
            Ending::Sent => self.sent += 1,
            Ending::Later(..) => self.later += 1,
            Ending::Failed(_) => self.failed += 1,
        }
    }
}
