//! Telling platform admins. What was told is known by the keys of the outbox, so that any number of processes may tell.

use std::collections::HashSet;
use std::time::Duration;

use db::outbox::{self, NewMail};
use db::platform::{Platform, PlatformTx};
use db::{DataError, Db};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::find::{Alarm, find};
use crate::mail::{Letter, Mailer, Part, send_all};

const EVERY: Duration = Duration::from_secs(60);
/// Sentences of one alarm that a message holds.
const MOST: usize = 20;
const FOOTER: &str =
    "You receive this email because you are a platform admin. Stoa sends it once a day until the problems are solved.";

/// Tells what stood when it looked before and stands still: a worker that is started anew is nobody's business.
#[derive(Debug, Default)]
pub struct Teller {
    stood: HashSet<String>,
}

/// Looks and tells every minute until `stop`.
pub async fn watch(db: Db, mailer: Mailer, stop: CancellationToken) {
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut teller = Teller::default();
    while stop.run_until_cancelled(tick.tick()).await.is_some() {
        if let Err(error) = teller.look(&db, &mailer).await {
            tracing::warn!(%error, "cannot send alarms");
        }
    }
}

impl Teller {
    /// Looks once; how many messages it put into the outbox. They are sent at once, because it may be the workers that
    /// are missing.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn look(&mut self, db: &Db, mailer: &Mailer) -> Result<usize, DataError> {
        let found = find(db).await?;
        let stands: Vec<&Alarm> = found.iter().filter(|alarm| self.stood.contains(&alarm.key)).collect();
        let put = if stands.is_empty() { Vec::new() } else { put(db, mailer, &stands).await? };
        self.stood = found.into_iter().map(|alarm| alarm.key).collect();
        send_all(db, mailer, PlatformTx::NIL, &put).await?;
        Ok(put.len())
    }
}

async fn put(db: &Db, mailer: &Mailer, alarms: &[&Alarm]) -> Result<Vec<domain::ids::Uuid>, DataError> {
    let platform = Platform::command(db.clone());
    let day = db.clock().now().date_naive();
    let mut mails = Vec::new();
    for to in platform.admins().await? {
        for alarm in alarms {
            mails.push(mail(alarm, mailer, format!("alarm:{}:{day}:{to}", alarm.key), to.clone())?);
        }
    }
    let tx = platform.begin().await?;
    let put = outbox::put_for_platform(&tx, &mails).await?;
    tx.commit().await?;
    Ok(put)
}

fn mail(alarm: &Alarm, mailer: &Mailer, key: String, recipient: String) -> Result<NewMail, DataError> {
    let first = alarm.words.first().map_or("", String::as_str);
    let more = alarm.words.len().saturating_sub(MOST);
    let told = alarm.words.iter().take(MOST).cloned();
    let rest = (more > 0).then(|| format!("And {more} more."));
    let letter = Letter {
        heading: "Stoa needs attention".to_owned(),
        parts: told.chain(rest).map(Part::Words).collect(),
        link: Some(("Open platform".to_owned(), mailer.link(alarm.page))),
        footer: FOOTER.to_owned(),
    };
    let subject: String = first.chars().take(120).collect();
    let body = serde_json::to_value(&letter).map_err(|e| DataError::Corrupt(format!("an email: {e}")))?;
    Ok(NewMail { key, kind: "alarm", recipient, subject: format!("Stoa: {subject}"), body })
}
