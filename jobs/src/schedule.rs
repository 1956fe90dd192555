//! The timetable: what is to be done when, in which zone's time. The minutes are spread, so that not everything begins at
//! once.

use db::queue::timetable::Entry;
use serde_json::{Value, json};

use crate::registry::{KINDS, Kind, find};

/// A line of the timetable.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Its name, for people and for `stoa job run`.
    pub name: &'static str,
    /// Minute, hour, day of month, month, day of week.
    pub cron: &'static str,
    /// An IANA zone.
    pub zone: &'static str,
    /// The kind of work.
    pub kind: &'static str,
    /// What it is about.
    pub payload: fn() -> Value,
}

/// The timetable, by name.
pub const LINES: &[Line] = &[
    Line { name: "archive-partitions", cron: "15 4 * * *", zone: "UTC", kind: "archive_partitions", payload: nothing },
    // Looks every few minutes for what has had its hour, so that one that was missed is made up for.
    Line { name: "backups", cron: "2-59/5 * * * *", zone: "UTC", kind: "make_due_backups", payload: nothing },
    Line { name: "customer-metrics", cron: "20 3 * * *", zone: "UTC", kind: "measure_all_customers", payload: nothing },
    Line { name: "daily-summaries", cron: "*/5 * * * *", zone: "UTC", kind: "send_summaries", payload: nothing },
    Line { name: "erase-tenants", cron: "33 * * * *", zone: "UTC", kind: "erase_tenants", payload: nothing },
    Line { name: "expire-imports", cron: "57 3 * * *", zone: "UTC", kind: "expire_imports", payload: nothing },
    Line { name: "partitions", cron: "7 * * * *", zone: "UTC", kind: "make_partitions", payload: nothing },
    Line { name: "prune-feed", cron: "7 3 * * *", zone: "UTC", kind: "prune_feed", payload: nothing },
    Line { name: "prune-idempotency", cron: "17 * * * *", zone: "UTC", kind: "prune_idempotency", payload: nothing },
    Line { name: "prune-imports", cron: "12 4 * * *", zone: "UTC", kind: "prune_imports", payload: nothing },
    Line { name: "prune-job-runs", cron: "27 * * * *", zone: "UTC", kind: "prune_job_runs", payload: nothing },
    Line { name: "prune-mail", cron: "47 3 * * *", zone: "UTC", kind: "prune_mail", payload: nothing },
    Line { name: "prune-sessions", cron: "37 * * * *", zone: "UTC", kind: "prune_sessions", payload: nothing },
    Line { name: "prune-webhooks", cron: "52 3 * * *", zone: "UTC", kind: "prune_webhooks", payload: nothing },
    Line { name: "send-mail", cron: "* * * * *", zone: "UTC", kind: "send_mail", payload: nothing },
    Line { name: "stock-alerts", cron: "*/5 * * * *", zone: "UTC", kind: "alert_stock", payload: nothing },
    Line { name: "verify-audit", cron: "50 2 * * *", zone: "UTC", kind: "verify_audit", payload: nothing },
    Line { name: "verify-rollups", cron: "40 2 * * *", zone: "UTC", kind: "verify_rollups", payload: nothing },
    Line { name: "warm-cache", cron: "*/5 * * * *", zone: "UTC", kind: "warm_cache", payload: nothing },
    // Workers hear of commits by themselves; this finds what they did not.
    Line { name: "webhooks", cron: "* * * * *", zone: "UTC", kind: "dispatch_all_webhooks", payload: nothing },
];

/// The timetable as the queue keeps it.
pub fn entries() -> Vec<Entry> {
    LINES.iter().filter_map(|line| find(KINDS, line.kind).map(|kind| entry(line, kind))).collect()
}

fn entry(line: &Line, kind: &Kind) -> Entry {
    Entry {
        name: line.name,
        cron: line.cron,
        zone: line.zone,
        kind: kind.name,
        queue: kind.queue,
        max_attempts: kind.max_attempts,
        payload: (line.payload)(),
    }
}

fn nothing() -> Value {
    json!({})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_sorted_readable_and_of_known_kinds() {
        assert!(LINES.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert_eq!(entries().len(), LINES.len(), "every kind is in the registry");
        for line in LINES {
            db::queue::timetable::Timing::new(line.cron, line.zone).unwrap();
        }
    }
}
