//! Dashboards that nobody has asked for before, so that no cache answers: other days each time.

use chrono::{Days, NaiveDate};

use super::fill::Filled;
use super::lists::timed;
use super::millions;
use super::times::Times;
use crate::report::Report;
use crate::snapshot::now;
use crate::world::{TENANT, World};

/// A kind of dashboard.
struct Kind {
    what: &'static str,
    // What is asked beside the days.
    more: &'static str,
    // How many days it shows.
    days: u64,
    // Whether it ends today, so that only the elapsed part of the other period is compared. Then each is a day longer.
    running: bool,
    number: u64,
}

const KINDS: [Kind; 8] = [
    Kind { what: "30 days of all stores beside the 30 before", more: "", days: 30, running: false, number: 500 },
    Kind { what: "30 days of one store", more: "&store=s1", days: 30, running: false, number: 200 },
    Kind { what: "30 days beside those of a year ago", more: "&compare=year", days: 30, running: false, number: 200 },
    Kind { what: "30 days alone", more: "&compare=none", days: 30, running: false, number: 200 },
    Kind { what: "a running period of 1 to 60 days", more: "", days: 1, running: true, number: 60 },
    Kind { what: "7 days", more: "", days: 7, running: false, number: 200 },
    Kind { what: "90 days", more: "", days: 90, running: false, number: 200 },
    Kind { what: "365 days", more: "", days: 365, running: false, number: 200 },
];

pub fn measure(world: &mut World, filled: Filled, report: &mut Report) -> anyhow::Result<()> {
    let (_, cookie) = world.server()?;
    let (port, headers, today) = (world.options.port, [cookie], now().date_naive());
    let size = millions(filled.items);
    for kind in KINDS {
        let mut times = Vec::new();
        for number in 0..kind.number {
            let (from, to) = kind.period(today, number);
            let path = format!("/t/{TENANT}?from={from}&to={to}{}", kind.more);
            times.push(timed(port, &path, &headers)?);
        }
        let times = Times::new(times);
        let line = format!("uncached dashboard, {size} items, {}: p95", kind.what);
        world.say(&format!("{line} {}", times.words()));
        report.size(&line, times.words(), "<= 25 ms", "10 ms");
    }
    Ok(())
}

impl Kind {
    fn period(&self, today: NaiveDate, number: u64) -> (NaiveDate, NaiveDate) {
        if self.running {
            return (today - Days::new(self.days - 1 + number), today);
        }
        let to = today - Days::new(1 + number);
        (to - Days::new(self.days - 1), to)
    }
}
