//! So many requests a minute: the generic cell rate algorithm. All that is kept of a past is its *backlog*: the time in
//! which it will be forgotten. Each request adds the time between two at the rate; a minute's worth fits.

use std::time::Duration;

const MINUTE: i64 = 60_000_000;

/// A rate in requests a minute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate(i64);

/// What a backlog means for the next request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The rate.
    pub rate: Rate,
    /// Whether the request fits.
    pub allowed: bool,
    /// How many more fit behind it at once.
    pub remaining: i64,
    /// When all of the rate is there again, if nothing comes.
    pub reset: Duration,
    /// When the next one fits; zero when one does now.
    pub wait: Duration,
    /// The backlog with this request, if it was let through.
    pub backlog: i64,
}

impl Rate {
    /// At least one request and at most a million.
    pub fn per_minute(requests: i64) -> Self {
        Self(requests.clamp(1, 1_000_000))
    }

    /// Requests a minute.
    pub const fn requests(self) -> i64 {
        self.0
    }

    /// Microseconds between two requests at this rate.
    pub const fn interval(self) -> i64 {
        MINUTE / self.0
    }

    /// How many requests `backlog` microseconds stand for.
    pub fn pending(self, backlog: i64) -> i64 {
        let step = self.interval();
        (backlog.max(0) + step - 1) / step
    }

    /// What a backlog of so many microseconds means for one more request.
    pub fn judge(self, backlog: i64) -> Verdict {
        let (step, backlog) = (self.interval(), backlog.max(0));
        let room = step * self.0;
        let with = backlog.saturating_add(step);
        let allowed = with <= room;
        let after = if allowed { with } else { backlog };
        Verdict {
            rate: self,
            allowed,
            remaining: ((room - after) / step).max(0),
            reset: micros(after),
            wait: if allowed { Duration::ZERO } else { micros(with - room) },
            backlog: after,
        }
    }
}

fn micros(n: i64) -> Duration {
    Duration::from_micros(u64::try_from(n).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Requests at these moments (microseconds), and which of them are let through.
    fn run(rate: Rate, moments: &[i64]) -> Vec<bool> {
        let (mut backlog, mut last) = (0_i64, 0_i64);
        let mut passed = Vec::new();
        for at in moments {
            let verdict = rate.judge((backlog - (at - last)).max(0));
            (backlog, last) = (verdict.backlog, *at);
            passed.push(verdict.allowed);
        }
        passed
    }

    #[test]
    fn a_minutes_worth_fits_at_once_and_then_one_at_a_time() {
        let rate = Rate::per_minute(60);
        let mut moments = vec![0; 61];
        moments.extend([999_999, 1_000_000, 1_000_001]);
        let passed = run(rate, &moments);
        assert_eq!(passed.iter().filter(|p| **p).count(), 61);
        assert_eq!(passed[60..], [false, false, true, false]);
        let full = rate.judge(60_000_000);
        assert_eq!((full.allowed, full.remaining, full.wait), (false, 0, Duration::from_secs(1)));
        let first = rate.judge(0);
        assert_eq!((first.allowed, first.remaining, first.reset), (true, 59, Duration::from_secs(1)));
        assert_eq!((rate.pending(0), rate.pending(1), rate.pending(60_000_000)), (0, 1, 60));
    }

    proptest! {
        #[test]
        fn never_more_than_the_rate_and_a_full_bucket(requests in 1_i64..5_000, gaps in prop::collection::vec(0_i64..3_000_000, 1..400)) {
            let rate = Rate::per_minute(requests);
            let moments: Vec<i64> = gaps.iter().scan(0, |at, gap| { *at += gap; Some(*at) }).collect();
            let passed = run(rate, &moments);
            let (span, through) = (moments.last().unwrap() - moments[0], passed.iter().filter(|p| **p).count());
            let most = requests + span / rate.interval() + 1;
            prop_assert!(i64::try_from(through).unwrap() <= most);
            // Whoever keeps to the rate is never refused.
            let steady: Vec<i64> = (0..200).map(|n| n * rate.interval()).collect();
            prop_assert!(run(rate, &steady).into_iter().all(|p| p));
        }

        #[test]
        fn a_caller_who_waits_the_stated_time_is_let_through(requests in 1_i64..1_000_000, backlog in 0_i64..200_000_000) {
            let verdict = Rate::per_minute(requests).judge(backlog);
            if !verdict.allowed {
                let wait = i64::try_from(verdict.wait.as_micros()).unwrap();
                prop_assert!(wait > 0 && !Rate::per_minute(requests).judge(backlog - wait + 1).allowed);
                prop_assert!(Rate::per_minute(requests).judge(backlog - wait).allowed);
            }
            prop_assert!(verdict.remaining < requests);
        }
    }
}
