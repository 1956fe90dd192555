//! A shop's orders as `orders-jsonl`: always the same ones, but for the day on which they end.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

const DAYS: i64 = 360;
const SKUS: u64 = 2_000;
const CUSTOMERS: u64 = 20_000;
/// Lines of every order.
pub const ITEMS: usize = 3;

/// Writes `count` orders to `path`, oldest first, as snapshots have them.
pub fn write(path: &Path, count: usize) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let begin = now() - TimeDelta::days(DAYS);
    let step = TimeDelta::days(DAYS).num_milliseconds() / i64::try_from(count)?.max(1);
    let mut dice = Dice(42);
    for number in 0..count {
        let at = rfc3339(begin + TimeDelta::milliseconds(step * i64::try_from(number)?));
        let buyer = dice.below(CUSTOMERS);
        let items: Vec<String> = (0..ITEMS).map(|_| item(&mut dice)).collect();
        writeln!(
            file,
            "{{\"number\":\"S{number}\",\"placed_at\":\"{at}\",\"currency\":\"GBP\",\
             \"customer\":{{\"email\":\"buyer{buyer}@bench.test\",\"name\":\"Buyer {buyer}\"}},\
             \"items\":[{}],\"shipping\":495,\"tags\":[\"web\"]}}",
            items.join(",")
        )?;
    }
    Ok(file.flush()?)
}

/// A moment as the API takes it.
pub fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A minute ago.
pub fn now() -> DateTime<Utc> {
    DateTime::<Utc>::from(SystemTime::now()) - TimeDelta::minutes(1)
}

fn item(dice: &mut Dice) -> String {
    // Some things sell much better than others.
    let sku = dice.below(SKUS).min(dice.below(SKUS));
    let (quantity, price) = (1 + dice.below(5), 199 + 50 * (sku % 80));
    format!(
        "{{\"sku\":\"SKU-{sku:05}\",\"title\":\"Thing number {sku}\",\"quantity\":{quantity},\"unit_price\":{price}}}"
    )
}

// Numerical Recipes' generator: good enough to scatter things, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}
