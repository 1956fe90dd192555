//! Chance that repeats: SplitMix64 from a given seed. For demo data only.

use std::ops::Range;

use chrono::{DateTime, Duration, Utc};

/// A stream of numbers.
pub(super) struct Chance(u64);

impl Chance {
    /// The stream that belongs to `name`.
    pub fn of(name: &str) -> Self {
        Self(
            name.bytes()
                .fold(0x9e37_79b9_7f4a_7c15, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)),
        )
    }

    /// One of `0..below`.
    pub fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below.max(1)
    }

    /// One of `list`, those at its beginning far more often than those at its end.
    pub fn favourite<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let n = list.len() as u64;
        let index = self.below(n).min(self.below(n)).min(self.below(n));
        &list[usize::try_from(index).unwrap_or(0)]
    }

    /// One of `list`, each as often as the others.
    pub fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::try_from(self.below(list.len() as u64)).unwrap_or(0)]
    }

    /// Some hours after `at`, to the second.
    pub fn later(&mut self, at: DateTime<Utc>, hours: Range<u64>) -> DateTime<Utc> {
        let seconds = hours.start * 3_600 + self.below((hours.end - hours.start) * 3_600);
        at + Duration::seconds(i64::try_from(seconds).unwrap_or(0))
    }

    /// Whether something that happens `percent` times in a hundred happens now.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}
