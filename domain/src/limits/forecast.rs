//! When a limit will be reached if things go on as they went.

use chrono::{DateTime, TimeDelta, Utc};

/// How something grew: so much within the time `over`, which has just ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Growth {
    /// By how much.
    pub by: i64,
    /// In how long.
    pub over: TimeDelta,
}

/// Nobody plans further ahead.
const HORIZON: TimeDelta = TimeDelta::days(365);

/// When `used` will have grown to `allowed`, if it goes on growing as it did: within a year and before `until` (the
/// end of the month for what begins anew then); `None` when it will not, or is there already.
pub fn forecast(
    now: DateTime<Utc>,
    used: i64,
    allowed: i64,
    growth: Growth,
    until: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    if used >= allowed || growth.by <= 0 || growth.over <= TimeDelta::zero() {
        return None;
    }
    let missing = i128::from(allowed) - i128::from(used);
    let (by, over) = (i128::from(growth.by), i128::from(growth.over.num_milliseconds().max(1)));
    // Rounded up: at that moment it is there, and not a moment before.
    let wait = (missing * over + by - 1) / by;
    let wait = TimeDelta::try_milliseconds(i64::try_from(wait).ok()?)?;
    if wait > HORIZON {
        return None;
    }
    let at = now.checked_add_signed(wait)?;
    (until.is_none_or(|until| at < until)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn ten_days_of_even_growth_are_ten_days_more() {
        let now = at("2026-11-11T00:00:00Z");
        let growth = Growth { by: 500, over: TimeDelta::days(10) };
        assert_eq!(forecast(now, 500, 1_000, growth, None), Some(at("2026-11-21T00:00:00Z")));
        let month = Some(at("2026-12-01T00:00:00Z"));
        assert_eq!(forecast(now, 500, 1_000, growth, month), Some(at("2026-11-21T00:00:00Z")));
        assert_eq!(forecast(now, 500, 2_000, growth, month), None, "the month ends before");
        assert_eq!(forecast(now, 1_000, 1_000, growth, None), None, "it is there");
        assert_eq!(forecast(now, 5, 1_000, Growth { by: 0, ..growth }, None), None);
        assert_eq!(forecast(now, 5, 1_000_000, growth, None), None, "in years");
    }

    proptest! {
        #[test]
        fn a_forecast_is_ahead_and_moves_the_right_way(
            used in 0_i64..1_000_000, allowed in 0_i64..2_000_000, by in -10_i64..100_000, days in 0_i64..60, more in 1_i64..1_000,
        ) {
            let now = at("2026-11-11T00:00:00Z");
            let growth = Growth { by, over: TimeDelta::days(days) };
            let found = forecast(now, used, allowed, growth, None);
            if let Some(found) = found {
                prop_assert!(used < allowed && by > 0);
                prop_assert!(found > now && found <= now + HORIZON);
                // At that moment, and not a millisecond before, even growth has filled the gap.
                let (missing, over) = (i128::from(allowed - used), i128::from(growth.over.num_milliseconds()));
                let wait = i128::from((found - now).num_milliseconds());
                prop_assert!(wait * i128::from(by) >= missing * over && (wait - 1) * i128::from(by) < missing * over);
                if let Some(later) = forecast(now, used, allowed + more, growth, None) {
                    prop_assert!(later >= found);
                }
                let sooner = forecast(now, used, allowed, Growth { by: by + more, ..growth }, None).unwrap();
                prop_assert!(sooner <= found);
                prop_assert_eq!(forecast(now, used, allowed, growth, Some(found)), None);
            } else if used < allowed && by > 0 && days > 0 {
                prop_assert!(i128::from(allowed - used) * i128::from(days) > i128::from(by) * 365);
            }
        }

        #[test]
        fn nothing_overflows(used in any::<i64>(), allowed in any::<i64>(), by in any::<i64>(), ms in any::<i64>()) {
            let over = TimeDelta::try_milliseconds(ms).unwrap_or(TimeDelta::MAX);
            let _ = forecast(at("2026-11-11T00:00:00Z"), used, allowed, Growth { by, over }, None);
        }
    }
}
