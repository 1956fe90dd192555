//! What needs a person, by e-mail: whatever the platform's pages and metrics raise about jobs, backups and partitions
//! is told to every platform admin, once a day while it stands. What was told is known by the keys of the outbox, so
//! that any number of processes may tell.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use db::outbox::{self, NewMail};
use db::partitions::upkeep::{self, Pulse};
use db::platform::{Platform, PlatformTx};
use db::queue::alerts::{self, Alert};
use db::{DataError, Db};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::mail::{Letter, Mailer, Part, send_all};

/// Fewer days of partitions than this need a person: upkeep, which leaves more, does not run or fails.
const RUNWAY_DAYS: i64 = 30;
const EVERY: Duration = Duration::from_secs(60);
/// Sentences of one alarm that a message holds.
const MOST: usize = 20;
const FOOTER: &str =
    "You receive this email because you are a platform admin. Stoa sends it once a day until the problems are solved.";

/// Something that needs a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alarm {
    /// What it is about, the same as long as it stands.
    pub key: String,
    /// What is wrong and what to do, a sentence each.
    pub words: Vec<String>,
    /// The page that shows it.
    pub page: &'static str,
}

/// Tells what stood when it looked before and stands still: a worker that is started anew is nobody's business.
#[derive(Debug, Default)]
pub struct Teller {
    stood: HashSet<String>,
}

/// All that stand now, sorted by key.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn find(db: &Db) -> Result<Vec<Alarm>, DataError> {
    let platform = Platform::command(db.clone());
    let mut found: BTreeMap<String, Alarm> = BTreeMap::new();
    let mut raise = |key: String, words: String, page| {
        let alarm = found.entry(key.clone()).or_insert_with(|| Alarm { key, words: Vec::new(), page });
        alarm.words.push(words);
    };
    for alert in alerts::alerts(&platform).await? {
        raise(format!("jobs:{}", about(&alert)), alert.to_string(), "/platform/jobs");
    }
    // Those of many tenants are one alarm: what fails for one mostly fails for all.
    for alarm in db::backups::alarms(&platform).await? {
        let key = format!("backups:{}:{:?}", alarm.kind, alarm.trouble);
        raise(key, format!("{} ({})", alarm.words, alarm.tenant), "/platform/backups");
    }
    let Pulse { runway_days, default_rows } = upkeep::pulse(db).await?;
    if runway_days < RUNWAY_DAYS {
        let words = format!("Partitions cover only {runway_days} more days. Run: stoa partitions maintain");
        raise("partitions:runway".into(), words, "/platform/partitions");
    }
    if default_rows > 0 {
        let words = format!("{default_rows} rows are in default partitions. Run: stoa partitions maintain");
        raise("partitions:default".into(), words, "/platform/partitions");
    }
    Ok(found.into_values().collect())
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

fn about(alert: &Alert) -> String {
    let name = alert.name();
    match alert {
        Alert::Wait { queue, .. } => format!("{name}:{queue}"),
        Alert::Failures { kind, .. } => format!("{name}:{kind}"),
        Alert::Missed { name: line, at } => format!("{name}:{line}:{}", at.timestamp()),
        Alert::Dead(_) | Alert::Parked(_) | Alert::NoWorker => name.to_owned(),
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
