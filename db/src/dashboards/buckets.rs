//! The bars of the chart: hours of a single day, days of a period of up to three months, weeks and months beyond.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use domain::calendar::next;
use domain::orders::Figures;
use domain::period::Period;
use uuid::Uuid;

use super::Bucket;
use crate::stores::Store;

const MOST_DAYS: u64 = 92;
const MOST_WEEK_DAYS: u64 = 400;

/// Bars of a day's hours, by each store's own clock. An hour that happens twice is one bar.
pub(super) fn hours(
    figures: &BTreeMap<(Uuid, DateTime<Utc>), Figures>,
    stores: &[Store],
    day: NaiveDate,
    running: Option<u32>,
) -> Vec<Bucket> {
    let mut bars: Vec<Bucket> = (0..24_u32)
        .map(|hour| Bucket {
            label: format!("{hour:02}:00"),
            day,
            figures: Figures::default(),
            running: running == Some(hour),
        })
        .collect();
    for ((store, hour), f) in figures {
        let zone = stores.iter().find(|s| s.id.0 == *store).map(|s| s.zone);
        let local = zone.map_or(0, |zone| hour.with_timezone(&zone).hour());
        if let Some(bar) = bars.get_mut(local as usize) {
            bar.figures += *f;
        }
    }
    bars
}

/// Bars of a period longer than a day, empty ones included.
pub(super) fn days(figures: &BTreeMap<NaiveDate, Figures>, period: Period, today: NaiveDate) -> Vec<Bucket> {
    let mut bars: Vec<Bucket> = Vec::new();
    let mut day = period.from;
    let mut current: Option<i32> = None;
    while day <= period.to {
        let key = group(day, period);
        if current != Some(key) {
            current = Some(key);
            bars.push(Bucket { label: label(day, period), day, figures: Figures::default(), running: false });
        }
        if let Some(bar) = bars.last_mut() {
            bar.figures += figures.get(&day).copied().unwrap_or_default();
            bar.running |= day == today;
        }
        day = next(day);
    }
    bars
}

// Weeks count from the period's first day, so that those of two equally long periods lie under each other.
fn group(day: NaiveDate, period: Period) -> i32 {
    match width(period) {
        Width::Day => day.num_days_from_ce(),
        Width::Week => i32::try_from((day - period.from).num_days() / 7).unwrap_or(i32::MAX),
        Width::Month => day.year() * 12 + day.month0().cast_signed(),
    }
}

fn label(day: NaiveDate, period: Period) -> String {
    match width(period) {
        Width::Day => day.format("%-d %b").to_string(),
        Width::Week => day.format("from %-d %b").to_string(),
        Width::Month => day.format("%b %Y").to_string(),
    }
}

enum Width {
    Day,
    Week,
    Month,
}

fn width(period: Period) -> Width {
    let days = period.days();
    if days <= MOST_DAYS {
        Width::Day
    } else if days <= MOST_WEEK_DAYS {
        Width::Week
    } else {
        Width::Month
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_day_is_in_exactly_one_bar() {
        for (from, to, bars) in
            [("2026-01-01", "2026-01-30", 30), ("2026-01-01", "2026-12-31", 53), ("2024-01-15", "2026-01-14", 25)]
        {
            let period = Period::new(day(from), day(to)).unwrap();
            let figures = (0..period.days())
                .map(|n| (day(from) + chrono::Days::new(n), Figures { orders: 1, ..Figures::default() }))
                .collect();
            let made = days(&figures, period, day("2026-01-10"));
            assert_eq!(made.len(), bars, "{from}..{to}");
            assert_eq!(made.iter().map(|b| b.figures.orders).sum::<i64>().cast_unsigned(), period.days());
            assert_eq!(made.iter().filter(|b| b.running).count(), 1);
        }
    }
}
