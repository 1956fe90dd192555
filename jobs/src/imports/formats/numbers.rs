//! Finds orders whose lines do not stand together, in memory that does not grow with the number of orders: a
//! Bloom filter of all numbers names the suspects, and a second reading of the file decides.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::imports::source::FileError;

/// Most suspects before the file is refused as a whole. The filter alone errs that often only beyond 40 million orders.
const MAX_SUSPECTS: usize = 1_000_000;
const MAX_FILTER_BITS: u64 = 1 << 28;
const PROBES: u64 = 4;

/// Numbers that were seen, by filter: `first_time` may err on the side of "seen before".
pub struct Seen {
    bits: Vec<u64>,
    mask: u64,
}

impl Seen {
    /// For a file of `size` bytes.
    pub fn new(size: u64) -> Self {
        let bits = size.next_power_of_two().clamp(1 << 12, MAX_FILTER_BITS);
        Self { bits: vec![0; usize::try_from(bits / 64).unwrap_or(64)], mask: bits - 1 }
    }

    /// Takes note of `number`; whether it was certainly not seen before.
    pub fn first_time(&mut self, number: &str) -> bool {
        let hash = hash(number);
        let (base, step) = (hash, (hash >> 32) | 1);
        let mut new = false;
        for probe in 0..PROBES {
            let bit = base.wrapping_add(step.wrapping_mul(probe)) & self.mask;
            let (word, flag) = (usize::try_from(bit / 64).unwrap_or(0), 1 << (bit % 64));
            new |= self.bits[word] & flag == 0;
            self.bits[word] |= flag;
        }
        new
    }
}

/// Numbers that may stand in a file more than once, and those that do.
#[derive(Default)]
pub struct Suspects {
    hashes: HashSet<u64>,
    found: HashMap<String, (u64, Option<u64>)>,
}

/// The numbers of orders whose lines do not stand together, each with the line at which it comes again.
pub type Scattered = HashMap<String, u64>;

impl Suspects {
    /// Adds one.
    ///
    /// # Errors
    /// When there are too many.
    pub fn add(&mut self, number: &str) -> Result<(), FileError> {
        self.hashes.insert(hash(number));
        if self.hashes.len() > MAX_SUSPECTS { Err(FileError::Scattered) } else { Ok(()) }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// On the second reading: `number` begins at `line`.
    pub fn meet(&mut self, number: &str, line: u64) {
        if !self.hashes.contains(&hash(number)) {
            return;
        }
        if let Some((_, again)) = self.found.get_mut(number) {
            again.get_or_insert(line);
        } else {
            self.found.insert(number.to_owned(), (line, None));
        }
    }

    /// Those that were met twice.
    pub fn scattered(self) -> Scattered {
        self.found.into_iter().filter_map(|(number, (_, again))| again.map(|line| (number, line))).collect()
    }
}

fn hash(number: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    number.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_repetition_is_suspected_and_few_others_are() {
        let mut seen = Seen::new(1_000_000);
        let number = |n: u32| format!("{}", 536_365 + n);
        let false_alarms = (0..20_000).filter(|n| !seen.first_time(&number(*n))).count();
        assert!(false_alarms < 200, "{false_alarms}");
        assert!((0..20_000).all(|n| !seen.first_time(&number(n))));
    }
}
