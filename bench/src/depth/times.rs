//! How long requests took, each from its beginning to the last byte of its answer.

use std::time::Duration;

/// Times, shortest first.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The milliseconds that so many thousandths of the requests stayed below.
    pub fn ms(&self, thousandths: usize) -> f64 {
        let place = (self.0.len().saturating_sub(1) * thousandths + 500) / 1_000;
        self.0.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    }

    /// The middle and the slowest twentieth, in words.
    pub fn words(&self) -> String {
        format!("{:.1} ms (half within {:.1})", self.ms(950), self.ms(500))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_in_the_middle() {
        let times = Times::new((1..=101).rev().map(Duration::from_millis).collect());
        assert_eq!((times.ms(0), times.ms(500), times.ms(950), times.ms(1_000)), (1.0, 51.0, 96.0, 101.0));
    }
}
