//! What an attempt came to, when the next one is, and when there is no more use in it.

use chrono::{DateTime, TimeDelta, Utc};

/// Attempts at one delivery at most.
pub const ATTEMPTS: i16 = 8;
/// A webhook at which nothing went well for so long is switched off,
pub const FAILING_FOR: TimeDelta = TimeDelta::days(3);
/// if at least so many deliveries failed meanwhile: one event in a quiet week says little.
pub const FAILED_AT_LEAST: i64 = 10;

/// Seconds from one attempt to the next: a minute, 5 and 30 minutes, 2, 4, 8 and 12 hours.
const WAITS: [i64; ATTEMPTS as usize - 1] = [60, 300, 1_800, 7_200, 14_400, 28_800, 43_200];
// Attempts that failed together are spread over so many hundredths of the wait.
const SPREAD: i64 = 10;

/// What an attempt means for its delivery.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The receiver has it.
    Delivered,
    /// The receiver wants nothing any more: the webhook is switched off.
    Gone,
    /// It is tried again after this.
    Again(TimeDelta),
    /// It is not tried again.
    Failed,
}

/// What the answer `status` (none: there was none) to the attempt number `tries` means. A `trial` is sent once. `chance`
/// spreads what failed together.
pub fn judge(status: Option<u16>, tries: i16, trial: bool, chance: u64) -> Verdict {
    match status {
        Some(200..=299) => Verdict::Delivered,
        _ if trial => Verdict::Failed,
        Some(410) => Verdict::Gone,
        _ => wait(tries, chance).map_or(Verdict::Failed, Verdict::Again),
    }
}

/// How long after the failed attempt number `tries` (from 1) comes the next; none after the last.
pub fn wait(tries: i16, chance: u64) -> Option<TimeDelta> {
    let seconds = *WAITS.get(usize::try_from(tries.max(1) - 1).ok()?)?;
    let spread = seconds * 1_000 * SPREAD / 100;
    let later = i64::try_from(chance % (spread.unsigned_abs() + 1)).unwrap_or(0);
    Some(TimeDelta::milliseconds(seconds * 1_000 + later))
}

/// Whether a webhook at which nothing went well since `failing_since`, while `failed` deliveries failed, is switched off.
pub fn is_hopeless(failing_since: Option<DateTime<Utc>>, failed: i64, now: DateTime<Utc>) -> bool {
    failing_since.is_some_and(|since| now - since >= FAILING_FOR) && failed >= FAILED_AT_LEAST
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn eight_attempts_within_a_bit_more_than_a_day() {
        let waits: Vec<i64> = (1..=ATTEMPTS).map_while(|n| wait(n, 0)).map(|wait| wait.num_minutes()).collect();
        assert_eq!(waits, [1, 5, 30, 120, 240, 480, 720]);
        assert_eq!(wait(ATTEMPTS, 0), None);
        let spread = wait(1, 6_000).unwrap();
        assert_eq!(spread.num_seconds(), 66);
    }

    #[test]
    fn answers_are_judged() {
        let hour = DateTime::UNIX_EPOCH;
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(judge(Some(status), 1, false, 0), Verdict::Delivered);
        }
        assert_eq!((judge(Some(410), 8, false, 0), judge(Some(410), 1, true, 0)), (Verdict::Gone, Verdict::Failed));
        for status in [None, Some(301), Some(302), Some(400), Some(404), Some(429), Some(500), Some(503), Some(100)] {
            assert_eq!(judge(status, 1, false, 0), Verdict::Again(TimeDelta::minutes(1)), "{status:?}");
            assert_eq!(judge(status, ATTEMPTS, false, 0), Verdict::Failed, "{status:?}");
            assert_eq!(judge(status, 1, true, 0), Verdict::Failed, "{status:?}");
        }
        let three_days = hour + FAILING_FOR;
        assert!(is_hopeless(Some(hour), 10, three_days));
        assert!(!is_hopeless(Some(hour), 9, three_days));
        assert!(!is_hopeless(Some(hour), 10, three_days - TimeDelta::seconds(1)));
        assert!(!is_hopeless(None, 1_000, three_days));
    }

    proptest! {
        #[test]
        fn waits_grow_and_end(chance: u64, other: u64) {
            let waits: Vec<TimeDelta> = (1..ATTEMPTS).map(|n| wait(n, chance).unwrap()).collect();
            prop_assert!(waits.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!((1..ATTEMPTS).all(|n| wait(n, other).unwrap() <= wait(n, 0).unwrap() * 11 / 10));
            prop_assert_eq!(wait(ATTEMPTS, chance), None);
        }
    }
}
