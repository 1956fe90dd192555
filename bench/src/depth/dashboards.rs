//! Dashboards that nobody has asked for before, so that no cache answers: other days each time.

use std::time::Duration;

use anyhow::ensure;
use chrono::{Days, NaiveDate, TimeDelta};

use super::fill::Filled;
use super::lists::timed;
use super::millions;
use super::times::Times;
use crate::http;
use crate::report::Report;
use crate::snapshot::{now, rfc3339};
use crate::world::{TENANT, World};

/// Orders placed, each followed by the dashboard that its owner looks at.
const ORDERS: usize = 100;

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
        tell(world, report, &format!("{size} items, {}", kind.what), times);
    }
    let times = (0..ORDERS).map(|number| after_an_order(world, &headers, number)).collect::<Result<_, _>>()?;
    tell(world, report, &format!("{size} items, the usual one after a new order"), times);
    Ok(())
}

fn tell(world: &World, report: &mut Report, what: &str, times: Vec<Duration>) {
    let times = Times::new(times);
    let line = format!("uncached dashboard, {what}: p95");
    world.say(&format!("{line} {}", times.words()));
    report.size(&line, times.words(), "<= 25 ms", "10 ms");
}

// An order makes everything old that was kept of the tenant. It is one of last month, so that lists begin as before.
fn after_an_order(world: &World, headers: &[String], number: usize) -> anyhow::Result<Duration> {
    let at = rfc3339(now() - TimeDelta::days(40));
    let body = format!(
        "{{\"store\":\"s1\",\"number\":\"NEW-{at}-{number}\",\"placed_at\":\"{at}\",\"currency\":\"GBP\",\
         \"items\":[{{\"sku\":\"SKU-00001\",\"title\":\"Thing\",\"quantity\":1,\"unit_price\":249}}]}}"
    );
    let order = [
        format!("Authorization: Bearer {}", world.key),
        "Content-Type: application/json".to_owned(),
        format!("Idempotency-Key: new-{at}-{number}"),
    ];
    let answer = http::request(world.options.port, "POST", "/api/v1/orders", &order, &body)?;
    ensure!(answer.status == 201, "an order got {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    timed(world.options.port, &format!("/t/{TENANT}"), headers)
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
