//! When the daily summary of a store is due: at an hour of its own clock, about the day before.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::calendar::{Tz, day_of, days_before, local_to_utc, next};

/// The hour of the store's clock, until somebody chooses another.
pub const HOUR: u8 = 7;
/// The last hour that can be chosen: some days lack what comes after it.
pub const LAST_HOUR: u8 = 22;
/// The name of the choice among the settings.
pub const SETTING: &str = "summary.hour";

/// The local day that the store is to be told of at `now`, when `last` is the last one it was told of. It is the day
/// before the latest morning that came: who was away for some mornings is told of the last day only.
pub fn due(now: DateTime<Utc>, zone: Tz, hour: u8, last: Option<NaiveDate>) -> Option<NaiveDate> {
    let day = days_before(latest_morning(now, zone, hour), 1);
    last.is_none_or(|last| last < day).then_some(day)
}

/// The next moment after `now` at which a day becomes due.
pub fn next_at(now: DateTime<Utc>, zone: Tz, hour: u8) -> DateTime<Utc> {
    let mut day = next(latest_morning(now, zone, hour));
    // A day that the zone left out has its morning when the one after it has.
    while morning(day, zone, hour) <= now {
        day = next(day);
    }
    morning(day, zone, hour)
}

// The latest local day of which the morning came.
fn latest_morning(now: DateTime<Utc>, zone: Tz, hour: u8) -> NaiveDate {
    let today = day_of(now, zone);
    if morning(today, zone, hour) <= now { today } else { days_before(today, 1) }
}

fn morning(day: NaiveDate, zone: Tz, hour: u8) -> DateTime<Utc> {
    local_to_utc(day.and_time(NaiveTime::MIN + chrono::TimeDelta::hours(hour.into())), zone)
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, Timelike};
    use proptest::prelude::*;

    use super::*;

    const ZONES: [Tz; 7] = [
        Tz::Pacific__Kiritimati,
        Tz::Asia__Kathmandu,
        Tz::Europe__London,
        Tz::America__St_Johns,
        Tz::Australia__Lord_Howe,
        Tz::Pacific__Pago_Pago,
        Tz::America__New_York,
    ];

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn yesterday_is_due_from_seven_of_the_stores_clock() {
        let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
        let london = Tz::Europe__London;
        assert_eq!(due(at("2026-07-02T05:59:59Z"), london, 7, day("2026-06-30")), None);
        assert_eq!(due(at("2026-07-02T06:00:00Z"), london, 7, day("2026-06-30")), day("2026-07-01"));
        assert_eq!(due(at("2026-07-02T06:00:00Z"), london, 7, day("2026-07-01")), None);
        // Missed at seven, made good until the next morning.
        assert_eq!(due(at("2026-07-03T03:00:00Z"), london, 7, day("2026-06-30")), day("2026-07-01"));
        assert_eq!(due(at("2026-06-30T17:00:00Z"), Tz::Pacific__Kiritimati, 7, None), day("2026-06-30"));
        assert_eq!(due(at("2026-07-01T01:15:00Z"), Tz::Asia__Kathmandu, 7, None), day("2026-06-30"));
        assert_eq!(next_at(at("2026-07-01T01:15:00Z"), Tz::Asia__Kathmandu, 7), at("2026-07-02T01:15:00Z"));
    }

    #[test]
    fn the_night_of_23_and_of_25_hours_is_one_day() {
        for (before, after, hours) in [("2026-03-28", "2026-03-29", 23), ("2026-10-24", "2026-10-25", 25)] {
            let seven = |day: &str| morning(day.parse().unwrap(), Tz::Europe__London, 7);
            assert_eq!(next_at(seven(before), Tz::Europe__London, 7), seven(after));
            assert_eq!((seven(after) - seven(before)).num_hours(), hours);
        }
    }

    proptest! {
        #[test]
        fn who_looks_whenever_told_hears_of_every_day_once(
            seconds in 1_577_836_800_i64..1_893_456_000,
            zone in prop::sample::select(ZONES.to_vec()),
            late in prop::collection::vec(0_i64..86_000, 400),
        ) {
            let mut now = DateTime::from_timestamp(seconds, 0).unwrap();
            let mut last = due(now, zone, 7, None).unwrap();
            for wait in late {
                // Late, but not by a whole day: 23 hours at least lie between two mornings.
                now = next_at(now, zone, 7) + TimeDelta::seconds(wait.min(82_000));
                let day = due(now, zone, 7, Some(last)).expect("there is one");
                prop_assert_eq!(day, next(last), "{} in {}", now, zone);
                prop_assert_eq!(due(now, zone, 7, Some(day)), None);
                last = day;
            }
        }

        #[test]
        fn the_next_moment_is_at_seven_and_nothing_is_due_before_it(
            seconds in 1_577_836_800_i64..1_893_456_000,
            zone in prop::sample::select(ZONES.to_vec()),
        ) {
            let now = DateTime::from_timestamp(seconds, 0).unwrap();
            let told = due(now, zone, 7, None);
            let then = next_at(now, zone, 7);
            prop_assert!(then > now && then - now <= TimeDelta::hours(25));
            prop_assert_eq!(then.with_timezone(&zone).hour(), 7);
            prop_assert_eq!(due(then - TimeDelta::seconds(1), zone, 7, told), None);
            prop_assert!(due(then, zone, 7, told).is_some());
        }
    }
}
