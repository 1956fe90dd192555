//! Moments as people say them, with the exact one on hover. A page has one clock, that of its frame, and names its zone:
//! nobody else makes one, so no page can mix two.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use domain::calendar::{Tz, day_of, days_before};
use leptos::prelude::*;

use super::html::{Html, push_number};

/// The months, as people write them.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// By which clock the moments of a page are told: now, and the page's zone. Only a frame has one.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Now.
    pub now: DateTime<Utc>,
    /// The zone.
    pub zone: Tz,
    // The day that it is, found once for all the moments of a page.
    today: NaiveDate,
}

impl Clock {
    /// The clock of `zone`, `now`.
    pub(crate) fn new(now: DateTime<Utc>, zone: Tz) -> Self {
        Self { now, zone, today: day_of(now, zone) }
    }

    /// The zone, as people read it.
    pub fn zone_name(&self) -> String {
        self.zone.name().replace('_', " ")
    }

    /// The clock of pages that belong to no tenant, such as the platform's: its tenants live in many zones.
    pub fn in_utc(now: DateTime<Utc>) -> Self {
        Self::new(now, Tz::UTC)
    }

    /// `today 14:02`, `yesterday 09:12`, `3 Mar 14:02`, `3 Mar 2011 14:02`.
    pub fn short(&self, at: DateTime<Utc>) -> String {
        said(|text| self.write_short(text, at))
    }

    /// `3 Mar`, or `3 Mar 2011` when that is another year.
    pub fn day(&self, day: NaiveDate) -> String {
        said(|text| write_day(text, day, self.today))
    }

    /// The day of a moment, said like [`Clock::day`].
    pub fn day_at(&self, at: DateTime<Utc>) -> String {
        self.day(day_of(at, self.zone))
    }

    /// `14:02`.
    pub fn hour(&self, at: DateTime<Utc>) -> String {
        said(|text| write_hour(text, self.local(at)))
    }

    /// `3 March 2011, 14:02:11 Europe/London`.
    pub fn exact(&self, at: DateTime<Utc>) -> String {
        said(|text| write_exact(text, at, self.zone))
    }

    fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }

    // By hand: the patterns of chrono are read anew for every moment, and a list has many.
    pub(super) fn write_short(&self, pen: &mut impl Pen, at: DateTime<Utc>) {
        let local = self.local(at);
        let (day, today) = (local.date(), self.today);
        if day == today {
            pen.word("today");
        } else if day == days_before(today, 1) {
            pen.word("yesterday");
        } else {
            write_day(pen, day, today);
        }
        pen.word(" ");
        write_hour(pen, local);
    }
}

/// A moment.
#[component]
pub fn When(
    /// The moment.
    at: DateTime<Utc>,
    /// By which clock.
    clock: Clock,
    /// The zone of the store in which it happened, for the exact moment on hover; that of the page, when not said.
    #[prop(optional_no_strip)]
    local: Option<Tz>,
) -> impl IntoView {
    let machine = said(|text| write_machine(text, at));
    let exact = said(|text| write_exact(text, at, local.unwrap_or(clock.zone)));
    view! { <time datetime=machine title=exact>{clock.short(at)}</time> }
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

// Moments are digits and words of this program alone, so nothing in them is ever escaped.
pub(super) trait Pen {
    fn word(&mut self, word: &'static str);
    fn number(&mut self, number: u32, digits: usize);
}

impl Pen for String {
    fn word(&mut self, word: &'static str) {
        self.push_str(word);
    }

    fn number(&mut self, number: u32, digits: usize) {
        push_number(self, number, digits);
    }
}

impl Pen for Html {
    fn word(&mut self, word: &'static str) {
        self.markup(word);
    }

    fn number(&mut self, number: u32, digits: usize) {
        self.digits(number, digits);
    }
}

fn said(write: impl FnOnce(&mut String)) -> String {
    let mut text = String::with_capacity(32);
    write(&mut text);
    text
}

pub(super) fn write_exact(pen: &mut impl Pen, at: DateTime<Utc>, zone: Tz) {
    let local = at.with_timezone(&zone).naive_local();
    pen.number(local.day(), 1);
    pen.word(" ");
    pen.word(month(local.date()));
    pen.word(" ");
    write_year(pen, local.date(), 1);
    pen.word(", ");
    write_hour(pen, local);
    pen.word(":");
    pen.number(local.second(), 2);
    pen.word(" ");
    pen.word(zone.name());
}

fn write_day(pen: &mut impl Pen, day: NaiveDate, today: NaiveDate) {
    pen.number(day.day(), 1);
    pen.word(" ");
    pen.word(&month(day)[..3]);
    if day.year() != today.year() {
        pen.word(" ");
        write_year(pen, day, 1);
    }
}

fn write_year(pen: &mut impl Pen, day: NaiveDate, digits: usize) {
    if day.year() < 0 {
        pen.word("-");
    }
    pen.number(day.year().unsigned_abs(), digits);
}

fn write_hour(pen: &mut impl Pen, local: NaiveDateTime) {
    pen.number(local.hour(), 2);
    pen.word(":");
    pen.number(local.minute(), 2);
}

// As RFC 3339 has it.
pub(super) fn write_machine(pen: &mut impl Pen, at: DateTime<Utc>) {
    write_year(pen, at.date_naive(), 4);
    for (before, number) in
        [("-", at.month()), ("-", at.day()), ("T", at.hour()), (":", at.minute()), (":", at.second())]
    {
        pen.word(before);
        pen.number(number, 2);
    }
    pen.word("Z");
}

fn month(day: NaiveDate) -> &'static str {
    MONTHS[day.month0() as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_by_the_stores_clock() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let clock = Clock::new(at("2026-03-03T00:30:00Z"), Tz::Pacific__Auckland);
        assert_eq!(clock.short(at("2026-03-03T00:02:00Z")), "today 13:02");
        assert_eq!(clock.short(at("2026-03-02T10:59:00Z")), "yesterday 23:59");
        assert_eq!(clock.short(at("2026-02-01T10:00:00Z")), "1 Feb 23:00");
        assert_eq!(clock.short(at("2011-02-01T10:00:00Z")), "1 Feb 2011 23:00");
        assert_eq!(clock.exact(at("2011-02-01T10:00:00Z")), "1 February 2011, 23:00:00 Pacific/Auckland");
    }

    #[test]
    fn machines_are_told_in_their_format() {
        for text in ["2026-03-03T00:30:09Z", "1999-12-31T23:59:59Z"] {
            assert_eq!(said(|out| write_machine(out, text.parse().unwrap())), text);
        }
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
