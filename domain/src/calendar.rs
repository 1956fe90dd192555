//! Days and hours of a store's own time zone, 23 and 25 hour days included.

use chrono::{DateTime, Days, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
pub use chrono_tz::{TZ_VARIANTS, Tz};

/// `at` as everything keeps it: a moment that every clock knows, in whole microseconds. A second 60, and whatever is written
/// like one, is the last microsecond of its minute, so that it stays on the day that it was written with.
pub fn settled(at: DateTime<Utc>) -> DateTime<Utc> {
    let micros = at.timestamp_subsec_micros().min(999_999);
    DateTime::from_timestamp(at.timestamp(), micros * 1_000).unwrap_or(at)
}

/// The local day on which `at` falls in `zone`.
pub fn day_of(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The instant at which the local day `day` begins in `zone`: its first existing moment.
pub fn day_start(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    local_to_utc(day.and_time(NaiveTime::MIN), zone)
}

/// The half-open span `[start, end)` of the local days `from ..= to`.
pub fn span(from: NaiveDate, to: NaiveDate, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
    (day_start(from, zone), day_start(next(to), zone))
}

/// The day after (saturating at the calendar's end).
pub fn next(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

/// The day `n` days earlier (saturating at the calendar's beginning).
pub fn days_before(day: NaiveDate, n: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(n)).unwrap_or(NaiveDate::MIN)
}

/// The instant at which the local clock hour of `at` began. Zones a half or three quarters of an
/// hour off begin their hours at :15, :30 or :45 UTC; the two hours 01 of an autumn night stay apart.
pub fn hour_start(at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let offset = i64::from(at.with_timezone(&zone).offset().fix().local_minus_utc());
    let local = at.timestamp() + offset;
    DateTime::from_timestamp(local - local.rem_euclid(3600) - offset, 0).unwrap_or(at)
}

/// From `since` on, until the next one, the clocks of a zone are `seconds` ahead of UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shift {
    /// The first instant.
    pub since: DateTime<Utc>,
    /// How far the clocks are ahead; negative behind.
    pub seconds: i32,
}

/// How the clocks of `zone` stood from `from` to `until`, oldest first, beginning with `from` itself. Whoever adds the seconds
/// that hold at an instant gets what [`day_of`] and [`hour_start`] say of it, with no calendar of their own.
pub fn shifts(zone: Tz, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Shift> {
    let ahead = |at: DateTime<Utc>| at.with_timezone(&zone).offset().fix().local_minus_utc();
    let mut found = vec![Shift { since: from, seconds: ahead(from) }];
    let (mut at, mut seconds) = (from, ahead(from));
    while at < until {
        let next = at + STEP;
        if ahead(next) != seconds {
            let (mut before, mut after) = (at, next);
            while after - before > Duration::seconds(1) {
                let middle = before + Duration::seconds((after - before).num_seconds() / 2);
                if ahead(middle) == seconds { before = middle } else { after = middle }
            }
            // To the second, whatever part of one `from` began with.
            let since = DateTime::from_timestamp(after.timestamp(), 0).unwrap_or(after);
            seconds = ahead(since);
            found.push(Shift { since, seconds });
            at = since;
        } else {
            at = next;
        }
    }
    found
}

/// No zone ever changed its clocks twice within so long.
const STEP: Duration = Duration::hours(6);

/// A local wall-clock time as an instant: the earlier one when it happens twice, the first moment
/// after the gap when it does not happen at all.
pub fn local_to_utc(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.with_timezone(&Utc),
        LocalResult::None => after_gap(local, zone),
    }
}

/// The first day of the quarter in which `day` falls.
pub fn quarter_start(day: NaiveDate) -> NaiveDate {
    use chrono::Datelike;
    let month = (day.month0() / 3) * 3 + 1;
    NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day)
}

// Gaps are at most a day long (Samoa and Kiritimati skipped whole days) and end on a quarter hour.
fn after_gap(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let quarter = Duration::minutes(15);
    let mut candidate = local - Duration::seconds(local.and_utc().timestamp().rem_euclid(900));
    for _ in 0..200 {
        candidate += quarter;
        if let Some(at) = zone.from_local_datetime(&candidate).earliest() {
            return at.with_timezone(&Utc);
        }
    }
    local.and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn days_have_23_24_or_25_hours() {
        let hours = |d: &str, zone: Tz| {
            let (start, end) = span(day(d), day(d), zone);
            (end - start).num_hours()
        };
        assert_eq!(hours("2026-03-29", Tz::Europe__London), 23);
        assert_eq!(hours("2026-10-25", Tz::Europe__London), 25);
        assert_eq!(hours("2026-07-01", Tz::Europe__London), 24);
    }

    #[test]
    fn a_day_without_midnight_begins_after_the_gap() {
        // Beirut skips 00:00 to 01:00 on its spring day.
        assert_eq!(day_start(day("2024-03-31"), Tz::Asia__Beirut), at("2024-03-30T22:00:00Z"));
        assert_eq!(
            day_start(day("1995-01-01"), Tz::Pacific__Kiritimati),
            day_start(day("1994-12-31"), Tz::Pacific__Kiritimati)
        );
    }

    #[test]
    fn local_days_differ_by_zone() {
        let moment = at("2026-06-30T11:00:00Z");
        assert_eq!(day_of(moment, Tz::Pacific__Kiritimati), day("2026-07-01"));
        assert_eq!(day_of(moment, Tz::Pacific__Pago_Pago), day("2026-06-30"));
    }

    #[test]
    fn hours_follow_the_local_clock() {
        assert_eq!(hour_start(at("2026-01-01T18:20:00Z"), Tz::Asia__Kathmandu), at("2026-01-01T18:15:00Z"));
        let (first, second) = (at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z"));
        assert_ne!(hour_start(first, Tz::Europe__London), hour_start(second, Tz::Europe__London));
    }

    #[test]
    fn a_second_60_stays_in_its_minute_and_nothing_is_finer_than_a_microsecond() {
        for (written, kept) in [
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999Z"),
            ("2016-12-31T23:59:60.75Z", "2016-12-31T23:59:59.999999Z"),
            ("2026-05-01T10:20:60+05:45", "2026-05-01T04:35:59.999999Z"),
            ("2026-05-01T10:20:30.123456789Z", "2026-05-01T10:20:30.123456Z"),
            ("2026-05-01T23:59:59.999999999Z", "2026-05-01T23:59:59.999999Z"),
        ] {
            let moment = settled(at(written));
            assert_eq!(moment, at(kept), "{written}");
            assert_eq!(DateTime::from_timestamp_micros(moment.timestamp_micros()), Some(moment), "{written}");
            assert_eq!(moment.date_naive(), at(written).date_naive(), "{written}");
        }
    }

    /// By plain addition, as SQL does it.
    fn by_shift(shifts: &[Shift], at: DateTime<Utc>) -> (NaiveDate, DateTime<Utc>) {
        let seconds = shifts.iter().rfind(|s| s.since <= at).unwrap().seconds;
        let local = at.naive_utc() + Duration::seconds(seconds.into());
        (
            local.date(),
            at - Duration::nanoseconds((local.and_utc().timestamp_nanos_opt().unwrap()).rem_euclid(3_600_000_000_000)),
        )
    }

    #[test]
    fn adding_a_shift_says_what_the_calendar_says_in_every_zone_there_is() {
        let (from, until) = (at("1990-01-01T00:00:00Z"), at("2031-01-01T00:00:00Z"));
        for zone in TZ_VARIANTS {
            let shifts = shifts(zone, from, until);
            let edges =
                shifts.iter().skip(1).flat_map(|s| [-61, -1, 0, 1, 59, 3_599].map(|n| s.since + Duration::seconds(n)));
            let days =
                (0..14_900).step_by(17).map(|n| from + Duration::hours(24 * n + n % 24) + Duration::minutes(n % 60));
            for moment in edges.chain(days) {
                assert_eq!(
                    by_shift(&shifts, moment),
                    (day_of(moment, zone), hour_start(moment, zone)),
                    "{zone} {moment}"
                );
            }
        }
    }

    #[test]
    fn quarters_begin_in_january_april_july_october() {
        assert_eq!(quarter_start(day("2024-02-29")), day("2024-01-01"));
        assert_eq!(quarter_start(day("2026-12-31")), day("2026-10-01"));
    }

    proptest! {
        #[test]
        fn every_instant_lies_in_its_own_day_and_hour(
            secs in 946_684_800_i64..2_208_988_800,
            zone in prop::sample::select(vec![Tz::Pacific__Kiritimati, Tz::Asia__Kathmandu, Tz::Europe__London, Tz::America__St_Johns, Tz::Australia__Lord_Howe]),
        ) {
            let moment = DateTime::from_timestamp(secs, 0).unwrap();
            let local = day_of(moment, zone);
            let (start, end) = span(local, local, zone);
            prop_assert!(start <= moment && moment < end);
            let hour = hour_start(moment, zone);
            prop_assert!(hour <= moment && moment - hour < Duration::hours(1));
        }
    }
}
