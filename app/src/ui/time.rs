//! Moments as people say them, with the exact one on hover, in the zone of the store.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use domain::calendar::{Tz, day_of, days_before};
use leptos::prelude::*;

/// By which clock moments are told: now, and the store's zone.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Now.
    pub now: DateTime<Utc>,
    /// The zone.
    pub zone: Tz,
}

impl Clock {
    /// `today 14:02`, `yesterday 09:12`, `3 Mar 14:02`, `3 Mar 2011 14:02`.
    pub fn short(&self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.zone);
        let (day, today) = (local.date_naive(), day_of(self.now, self.zone));
        let hour = local.format("%H:%M");
        if day == today {
            format!("today {hour}")
        } else if day == days_before(today, 1) {
            format!("yesterday {hour}")
        } else {
            format!("{} {hour}", self.day(day))
        }
    }

    /// `3 Mar`, or `3 Mar 2011` when that is another year.
    pub fn day(&self, day: NaiveDate) -> String {
        let this_year = day.year() == day_of(self.now, self.zone).year();
        day.format(if this_year { "%-d %b" } else { "%-d %b %Y" }).to_string()
    }

    /// `14:02`.
    pub fn hour(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%H:%M").to_string()
    }

    /// `3 March 2011, 14:02:11 Europe/London`.
    pub fn exact(&self, at: DateTime<Utc>) -> String {
        format!("{} {}", at.with_timezone(&self.zone).format("%-d %B %Y, %H:%M:%S"), self.zone.name())
    }
}

/// A moment.
#[component]
pub fn When(
    /// The moment.
    at: DateTime<Utc>,
    /// By which clock.
    clock: Clock,
) -> impl IntoView {
    let machine = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    view! { <time datetime=machine title=clock.exact(at)>{clock.short(at)}</time> }
}

/// How long ago a moment was, or how long it is till then; the exact one on hover.
pub fn since(at: DateTime<Utc>, clock: Clock) -> AnyView {
    let machine = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let words =
        if at > clock.now { format!("in {}", span(at - clock.now)) } else { format!("{} ago", span(clock.now - at)) };
    view! { <time datetime=machine title=clock.exact(at)>{words}</time> }.into_any()
}

/// A stretch of time in its largest unit: `12 s`, `3 min`, `4 h`, `2 days`.
pub fn span(time: TimeDelta) -> String {
    let seconds = time.num_seconds().max(0);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// So many milliseconds: `340 ms`, `1.2 s`, `2 min`, `3 h`.
pub fn milliseconds(ms: i64) -> String {
    let ms = ms.max(0);
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => span(TimeDelta::milliseconds(ms)),
    }
}

/// `1 March to 30 March 2026`, `3 March 2026`.
pub fn days(from: NaiveDate, to: NaiveDate) -> String {
    let full = |day: NaiveDate| day.format("%-d %b %Y").to_string();
    if from == to {
        full(from)
    } else if from.year() == to.year() {
        format!("{} \u{2013} {}", from.format("%-d %b"), full(to))
    } else {
        format!("{} \u{2013} {}", full(from), full(to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_by_the_stores_clock() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let clock = Clock { now: at("2026-03-03T00:30:00Z"), zone: Tz::Pacific__Auckland };
        assert_eq!(clock.short(at("2026-03-03T00:02:00Z")), "today 13:02");
        assert_eq!(clock.short(at("2026-03-02T10:59:00Z")), "yesterday 23:59");
        assert_eq!(clock.short(at("2026-02-01T10:00:00Z")), "1 Feb 23:00");
        assert_eq!(clock.short(at("2011-02-01T10:00:00Z")), "1 Feb 2011 23:00");
        assert_eq!(clock.exact(at("2011-02-01T10:00:00Z")), "1 February 2011, 23:00:00 Pacific/Auckland");
    }

    #[test]
    fn stretches_are_told_in_their_largest_unit() {
        let told = |seconds| span(TimeDelta::seconds(seconds));
        assert_eq!(
            [told(-3), told(59), told(3_599), told(90_000), told(200_000)],
            ["0 s", "59 s", "59 min", "25 h", "2 days"]
        );
        assert_eq!([340, 1_250, 125_000, 7_200_000].map(milliseconds), ["340 ms", "1.2 s", "2 min", "2 h"]);
    }

    #[test]
    fn periods_name_a_year_once() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(days(day("2026-03-01"), day("2026-03-30")), "1 Mar \u{2013} 30 Mar 2026");
        assert_eq!(days(day("2025-12-30"), day("2026-01-02")), "30 Dec 2025 \u{2013} 2 Jan 2026");
        assert_eq!(days(day("2026-03-01"), day("2026-03-01")), "1 Mar 2026");
    }
}
