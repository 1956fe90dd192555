//! All alarms of the installation in one list.

use std::collections::BTreeMap;

use db::partitions::upkeep::{self, Pulse};
use db::platform::Platform;
use db::queue::alerts::{self, Alert};
use db::{DataError, Db};

/// Fewer days of partitions than this need a person: upkeep, which leaves more, does not run or fails.
const RUNWAY_DAYS: i64 = 30;

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

fn about(alert: &Alert) -> String {
    let name = alert.name();
    match alert {
        Alert::Wait { queue, .. } => format!("{name}:{queue}"),
        Alert::Failures { kind, .. } => format!("{name}:{kind}"),
        Alert::Missed { name: line, at } => format!("{name}:{line}:{}", at.timestamp()),
        Alert::Dead(_) | Alert::Parked(_) | Alert::NoWorker => name.to_owned(),
    }
}
