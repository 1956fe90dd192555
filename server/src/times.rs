//! How long something took, many times over: counted in steps of a quarter of an octave, so that a percentile is right to
//! a fifth and costs one addition to keep.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Steps in an octave.
const STEPS: u64 = 4;
/// Up to 2^27 microseconds, more than two minutes.
const OCTAVES: usize = 27;
const LEN: usize = OCTAVES * 4;

/// Times that were taken since the process began.
pub struct Times {
    counts: [AtomicU64; LEN],
    longest: AtomicU64,
}

/// The same as it was at one moment; those of several may be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    counts: [u64; LEN],
    longest: u64,
}

impl Default for Times {
    fn default() -> Self {
        Self { counts: [const { AtomicU64::new(0) }; LEN], longest: AtomicU64::new(0) }
    }
}

impl Default for Taken {
    fn default() -> Self {
        Self { counts: [0; LEN], longest: 0 }
    }
}

impl Times {
    /// Counts one.
    pub fn count(&self, taken: Duration) {
        let micros = u64::try_from(taken.as_micros()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get(step(micros)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.longest.fetch_max(micros, Ordering::Relaxed);
    }

    /// How many there are.
    pub fn sum(&self) -> u64 {
        self.counts.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// Adds these to `all`.
    pub fn add_to(&self, all: &mut Taken) {
        for (sum, count) in all.counts.iter_mut().zip(&self.counts) {
            *sum += count.load(Ordering::Relaxed);
        }
        all.longest = all.longest.max(self.longest.load(Ordering::Relaxed));
    }
}

impl Taken {
    /// How many there are.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The longest, in microseconds.
    pub const fn longest(&self) -> u64 {
        self.longest
    }

    /// What `percent` of them did not exceed, in microseconds: the end of its step, but never more than the longest.
    pub fn percentile(&self, percent: u64) -> u64 {
        let wanted = (self.count() * percent).div_ceil(100).max(1);
        let mut passed = 0;
        for (n, count) in self.counts.iter().enumerate() {
            passed += count;
            if passed >= wanted {
                return end(n).min(self.longest);
            }
        }
        self.longest
    }
}

// The step in which so many microseconds lie: the octave, then its quarter.
fn step(micros: u64) -> usize {
    let micros = micros.max(1);
    let octave = u64::from(micros.ilog2());
    let quarter = ((micros << 2) >> octave) & (STEPS - 1);
    usize::try_from(octave * STEPS + quarter).unwrap_or(LEN).min(LEN - 1)
}

// The last microsecond of a step.
fn end(step: usize) -> u64 {
    let (octave, quarter) = (step as u64 / STEPS, step as u64 % STEPS);
    ((STEPS + quarter + 1) << octave).div_ceil(STEPS) - 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_percentile_is_right_to_a_quarter(mut micros in prop::collection::vec(1_u64..60_000_000, 1..200), percent in 1_u64..=100) {
            let times = Times::default();
            for time in &micros {
                times.count(Duration::from_micros(*time));
            }
            let mut taken = Taken::default();
            times.add_to(&mut taken);
            micros.sort_unstable();
            let place = (micros.len() as u64 * percent).div_ceil(100).max(1) - 1;
            let (right, said) = (micros[usize::try_from(place).unwrap()], taken.percentile(percent));
            prop_assert!(said >= right && said <= right + right / 4 + 1, "{said} for {right}");
            prop_assert_eq!((taken.count(), taken.longest()), (micros.len() as u64, micros[micros.len() - 1]));
        }
    }

    #[test]
    fn nothing_and_far_too_long_have_a_step() {
        let times = Times::default();
        times.count(Duration::ZERO);
        times.count(Duration::from_secs(100_000));
        let mut taken = Taken::default();
        times.add_to(&mut taken);
        assert_eq!((taken.count(), taken.percentile(50), taken.longest()), (2, 1, 100_000_000_000));
        assert_eq!(Taken::default().percentile(95), 0);
    }
}
