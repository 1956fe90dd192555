//! A histogram of durations. Its buckets are quarters of an octave, so a percentile is exact to a fifth, and recording a
//! duration costs one addition.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Steps in an octave.
const STEPS: u64 = 4;
/// Up to 2^27 microseconds, more than two minutes.
const OCTAVES: usize = 27;
const LEN: usize = OCTAVES * 4;

/// Durations since the process began.
pub struct Histogram {
    counts: [AtomicU64; LEN],
    longest: AtomicU64,
}

/// The counts of one or more histograms at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    counts: [u64; LEN],
    longest: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: [const { AtomicU64::new(0) }; LEN], longest: AtomicU64::new(0) }
    }
}

impl Default for Snapshot {
    fn default() -> Self {
        Self { counts: [0; LEN], longest: 0 }
    }
}

impl Histogram {
    /// Records a duration.
    pub fn record(&self, taken: Duration) {
        let micros = u64::try_from(taken.as_micros()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get(step(micros)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.longest.fetch_max(micros, Ordering::Relaxed);
    }

    /// How many durations were recorded.
    pub fn count(&self) -> u64 {
        self.counts.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// Adds the counts to `all`.
    pub fn add_to(&self, all: &mut Snapshot) {
        for (sum, count) in all.counts.iter_mut().zip(&self.counts) {
            *sum += count.load(Ordering::Relaxed);
        }
        all.longest = all.longest.max(self.longest.load(Ordering::Relaxed));
    }
}

impl Snapshot {
    /// How many durations were recorded.
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
            let histogram = Histogram::default();
            for duration in &micros {
                histogram.record(Duration::from_micros(*duration));
            }
            let mut snapshot = Snapshot::default();
            histogram.add_to(&mut snapshot);
            micros.sort_unstable();
            let place = (micros.len() as u64 * percent).div_ceil(100).max(1) - 1;
            let (right, said) = (micros[usize::try_from(place).unwrap()], snapshot.percentile(percent));
            prop_assert!(said >= right && said <= right + right / 4 + 1, "{said} for {right}");
            prop_assert_eq!((snapshot.count(), snapshot.longest()), (micros.len() as u64, micros[micros.len() - 1]));
        }
    }

    #[test]
    fn zero_and_durations_beyond_the_last_step_are_counted() {
        let histogram = Histogram::default();
        histogram.record(Duration::ZERO);
        histogram.record(Duration::from_secs(100_000));
        let mut snapshot = Snapshot::default();
        histogram.add_to(&mut snapshot);
        assert_eq!((snapshot.count(), snapshot.percentile(50), snapshot.longest()), (2, 1, 100_000_000_000));
        assert_eq!(Snapshot::default().percentile(95), 0);
    }
}
