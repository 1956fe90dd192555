//! What one measurement gave, and the middle of several.

use std::time::Duration;

/// One measurement of one side.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Requests, transactions or rows a second.
    pub rate: f64,
    /// CPU time a request: of the program that answers, or of the baseline's client of PostgreSQL.
    pub program: f64,
    /// CPU time a request of PostgreSQL.
    pub postgres: f64,
}

/// Several of one side.
#[derive(Clone, Default, Debug)]
pub struct Samples(Vec<Sample>);

impl Sample {
    /// From `count` requests in `time` that took this CPU time.
    pub fn new(count: u64, time: Duration, program: Duration, postgres: Duration) -> Self {
        let count = as_float(count.max(1));
        let each = |used: Duration| used.as_secs_f64() * 1e6 / count;
        Self { rate: count / time.as_secs_f64(), program: each(program), postgres: each(postgres) }
    }

    /// Both.
    pub fn cpu(&self) -> f64 {
        self.program + self.postgres
    }
}

impl Samples {
    pub fn push(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    pub fn rate(&self) -> f64 {
        self.median(|s| s.rate)
    }

    pub fn program(&self) -> f64 {
        self.median(|s| s.program)
    }

    pub fn postgres(&self) -> f64 {
        self.median(|s| s.postgres)
    }

    pub fn cpu(&self) -> f64 {
        self.median(Sample::cpu)
    }

    fn median(&self, read: impl Fn(&Sample) -> f64) -> f64 {
        let mut values: Vec<f64> = self.0.iter().map(read).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

/// Exact far beyond anything counted here.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub fn as_float(count: u64) -> f64 {
    count as f64
}
