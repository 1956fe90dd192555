//! When somebody must be told that backups are not what they should be.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Kind, Status};
use crate::ids::TenantId;

/// A verified backup must be younger: a day, and time to make and read back the next.
pub const WITHIN: TimeDelta = TimeDelta::hours(26);
/// A backup that is written is read back at once; one that waits for so long was forgotten.
const READ_BACK_WITHIN: TimeDelta = TimeDelta::hours(2);
/// The clocks of several machines differ by less.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// The newest attempt of one kind and tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newest {
    /// What became of it.
    pub status: Status,
    /// When it was begun.
    pub started_at: DateTime<Utc>,
    /// Its bytes before packing.
    pub plain_bytes: i64,
    /// Of the last one before it that is kept.
    pub bytes_before: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
    /// What went wrong when it was read back.
    pub verify_error: Option<String>,
}

/// What is known of the backups of one kind and tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Of whom; the nil id for the installation.
    pub tenant: TenantId,
    /// What they hold.
    pub kind: Kind,
    /// Since when there has been something to save.
    pub since: DateTime<Utc>,
    /// When the newest verified one was begun.
    pub verified: Option<DateTime<Utc>>,
    /// The newest attempt, if there ever was one.
    pub newest: Option<Newest>,
}

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// No backup was ever attempted.
    NeverRan,
    /// No verified one is young enough.
    TooOld,
    /// The newest attempt failed.
    LastFailed,
    /// The newest one was read back and is not equal, or cannot be read back.
    VerificationFailed,
    /// The newest one has waited for hours to be read back.
    NotReadBack,
    /// The newest one has less than half of the one before.
    Shrunk,
    /// There is a backup of a later time than now.
    ClockWentBack,
}

/// Something that somebody must look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Of whom; the nil id for the installation.
    pub tenant: TenantId,
    /// Of which kind.
    pub kind: Kind,
    /// What is wrong.
    pub trouble: Trouble,
    /// What is wrong and what to do, for people.
    pub words: String,
}

/// What is wrong with these at `now`; nothing when all is well.
pub fn alarms(now: DateTime<Utc>, facts: &Facts) -> Vec<Alarm> {
    let alarm = |trouble, words: String| Alarm { tenant: facts.tenant, kind: facts.kind, trouble, words };
    let kind = facts.kind;
    let Some(newest) = &facts.newest else {
        let overdue = now - facts.since > WITHIN;
        let words = format!("No {kind} backup was ever started. Check that a worker is running.");
        return if overdue { vec![alarm(Trouble::NeverRan, words)] } else { Vec::new() };
    };
    let mut found = Vec::new();
    if newest.started_at > now + TOLERANCE {
        let words = format!(
            "The newest {kind} backup is dated {}, in the future. Correct the server clock.",
            newest.started_at
        );
        found.push(alarm(Trouble::ClockWentBack, words));
    }
    if let Some(words) = too_old(now, facts) {
        found.push(alarm(Trouble::TooOld, words));
    }
    if let Some(error) = &newest.verify_error {
        let words = format!("The newest {kind} backup could not be verified: {error}");
        found.push(alarm(Trouble::VerificationFailed, words));
    } else if newest.status == Status::Failed {
        let error = newest.error.as_deref().unwrap_or("unknown reason");
        found.push(alarm(Trouble::LastFailed, format!("The newest {kind} backup failed: {error}")));
    } else if newest.status == Status::Stored && now - newest.started_at > READ_BACK_WITHIN {
        let words = format!("The newest {kind} backup is not verified yet. Check that a worker is running.");
        found.push(alarm(Trouble::NotReadBack, words));
    }
    let shrunk = |before: &i64| newest.status.is_kept() && *before > 0 && newest.plain_bytes < before / 2;
    if let Some(before) = newest.bytes_before.filter(shrunk) {
        let words = format!(
            "The newest {kind} backup has {} bytes, the previous one {before}. Check whether data is missing.",
            newest.plain_bytes
        );
        found.push(alarm(Trouble::Shrunk, words));
    }
    found
}

fn too_old(now: DateTime<Utc>, facts: &Facts) -> Option<String> {
    let since = facts.verified.unwrap_or(facts.since);
    let age = now - since;
    if age <= WITHIN {
        return None;
    }
    Some(match facts.verified {
        Some(_) => format!("The newest verified {} backup is {} hours old.", facts.kind, age.num_hours()),
        None => format!("There is no verified {} backup.", facts.kind),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn well() -> Facts {
        let hour = TimeDelta::hours(1);
        Facts {
            tenant: uuid::Uuid::nil().into(),
            kind: Kind::Full,
            since: NOW - TimeDelta::days(100),
            verified: Some(NOW - hour),
            newest: Some(Newest {
                status: Status::Verified,
                started_at: NOW - hour,
                plain_bytes: 1_000,
                bytes_before: Some(900),
                error: None,
                verify_error: None,
            }),
        }
    }

    fn troubles(change: impl FnOnce(&mut Facts, &mut Newest)) -> Vec<Trouble> {
        let mut facts = well();
        let mut newest = facts.newest.take().unwrap();
        change(&mut facts, &mut newest);
        facts.newest = Some(newest);
        alarms(NOW, &facts).into_iter().map(|a| a.trouble).collect()
    }

    #[test]
    fn nothing_is_said_when_all_is_well() {
        assert!(alarms(NOW, &well()).is_empty());
    }

    #[test]
    fn each_trouble_has_its_alarm() {
        assert_eq!(troubles(|f, _| f.verified = Some(NOW - TimeDelta::hours(27))), [Trouble::TooOld]);
        assert_eq!(troubles(|f, _| f.verified = None), [Trouble::TooOld]);
        assert_eq!(troubles(|_, n| n.status = Status::Failed), [Trouble::LastFailed]);
        assert_eq!(troubles(|_, n| n.verify_error = Some("x".into())), [Trouble::VerificationFailed]);
        assert_eq!(troubles(|_, n| n.plain_bytes = 440), [Trouble::Shrunk]);
        assert_eq!(troubles(|_, n| n.started_at = NOW + TimeDelta::hours(1)), [Trouble::ClockWentBack]);
        let forgotten = troubles(|_, n| {
            n.status = Status::Stored;
            n.started_at = NOW - TimeDelta::hours(3);
        });
        assert_eq!(forgotten, [Trouble::NotReadBack]);
    }

    #[test]
    fn one_that_never_ran_is_told_after_its_time() {
        let mut facts = Facts { newest: None, verified: None, since: NOW - TimeDelta::hours(25), ..well() };
        assert!(alarms(NOW, &facts).is_empty(), "it is not due yet");
        facts.since = NOW - TimeDelta::hours(27);
        assert_eq!(alarms(NOW, &facts)[0].trouble, Trouble::NeverRan);
    }
}
