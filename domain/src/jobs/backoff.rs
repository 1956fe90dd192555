//! How long a failed job waits before it is tried again.

use chrono::TimeDelta;

/// The longest wait.
pub const CAP: TimeDelta = TimeDelta::hours(1);
const FIRST: i64 = 5_000;

/// The wait after the failed try number `attempt` (from 1): about 5 s, 10 s, 20 s and so on, up to [`CAP`]. `chance`
/// spreads jobs that failed together over the second half of the wait.
pub fn backoff(attempt: i16, chance: u64) -> TimeDelta {
    let doublings = u32::try_from(attempt.max(1) - 1).unwrap_or(0).min(20);
    let whole = (FIRST << doublings).min(CAP.num_milliseconds());
    let half = whole / 2;
    let spread = i64::try_from(chance % (half.unsigned_abs() + 1)).unwrap_or(0);
    TimeDelta::milliseconds(half + spread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn waits_double_up_to_an_hour() {
        let longest = |attempt| {
            let half = backoff(attempt, 0).num_milliseconds();
            backoff(attempt, half.unsigned_abs()).num_milliseconds()
        };
        assert_eq!([1, 2, 3, 10, 11, 30].map(longest), [5_000, 10_000, 20_000, 2_560_000, 3_600_000, 3_600_000]);
    }

    proptest! {
        #[test]
        fn a_wait_lies_between_half_and_whole_and_never_over_the_cap(attempt in any::<i16>(), chance in any::<u64>()) {
            let wait = backoff(attempt, chance);
            prop_assert!(wait >= TimeDelta::milliseconds(2_500) && wait <= CAP);
            prop_assert!(wait * 2 >= backoff(attempt, 0) * 2 && wait <= backoff(attempt, 0) * 2);
        }
    }
}
