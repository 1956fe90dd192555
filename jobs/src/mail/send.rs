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

use super::mailer::{Mailer, Trouble};

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
    let platform = Platform::command(db.clone());
    let mut report = Report::default();
    let mut session = mailer.session();
    while !stop.is_cancelled() {
        let claimed = outbox::claim(&platform, AT_ONCE).await?;
        let mut is_away = None;
        for mail in &claimed {
            // A server that just did not answer is not asked again for each of the others.
            let tried = match &is_away {
                Some(words) => Err(Trouble::Unreachable(String::clone(words))),
                None => session.send(mail, db.clock().now()).await,
            };
            if let Err(Trouble::Unreachable(words)) = &tried {
                is_away = Some(words.clone());
            }
            report.count(&settle(&platform, mail, tried).await?);
        }
        if claimed.is_empty() || is_away.is_some() {
            break;
        }
    }
    session.end().await;
    Ok(report)
}

/// Sends one message if it is due and nobody else has it; how that ended.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn send_one(db: &Db, mailer: &Mailer, tenant: TenantId, id: Uuid) -> Result<Option<Ending>, DataError> {
    let platform = Platform::command(db.clone());
    let Some(mail) = outbox::claim_one(&platform, tenant, id).await? else { return Ok(None) };
    let tried = mailer.send(&mail, db.clock().now()).await;
    settle(&platform, &mail, tried).await.map(Some)
}

/// Sends the messages with these ids, one after the other.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn send_all(db: &Db, mailer: &Mailer, tenant: TenantId, ids: &[Uuid]) -> Result<Report, DataError> {
    let mut report = Report::default();
    for id in ids {
        if let Some(ending) = send_one(db, mailer, tenant, *id).await? {
            report.count(&ending);
        }
    }
    Ok(report)
}

/// Forgets messages that came to their end 30 days ago; how many.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(db: &Db) -> Result<u64, DataError> {
    outbox::prune(&Platform::command(db.clone()), db.clock().now() - KEPT).await
}

async fn settle(platform: &Platform, mail: &Claimed, tried: Result<(), Trouble>) -> Result<Ending, DataError> {
    let ending = match tried {
        Ok(()) => Ending::Sent,
        Err(Trouble::Refused(words)) => Ending::Failed(words),
        Err(Trouble::Later(words) | Trouble::Unreachable(words)) => match wait_after(mail.attempt) {
            Some(wait) => Ending::Later(platform.db().clock().now() + wait, words),
            None => Ending::Failed(format!("given up after {} attempts: {words}", mail.attempt)),
        },
    };
    match &ending {
        Ending::Sent => tracing::debug!(id = %mail.id, kind = mail.kind, "mail sent"),
        Ending::Later(at, words) => {
            tracing::warn!(id = %mail.id, kind = mail.kind, %at, error = words, "mail not sent yet")
        }
        Ending::Failed(words) => tracing::error!(id = %mail.id, kind = mail.kind, error = words, "mail not sent"),
    }
    if !outbox::settle(platform, mail, &ending).await? {
        tracing::warn!(id = %mail.id, "another sender took this message over meanwhile");
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
