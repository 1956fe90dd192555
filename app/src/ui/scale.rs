//! An axis on nice numbers.

use super::numbers;

/// The ticks of an axis that holds every value and zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The ticks, ascending, equally far apart; the first and last bound the axis.
    pub ticks: Vec<i64>,
}

impl Scale {
    /// An axis for values between `least` and `greatest`, with about four steps of 1, 2, 2.5 or 5 times a power of
    /// ten, each a whole number of `unit`.
    pub fn new(least: i64, greatest: i64, unit: i64) -> Self {
        let (low, high) = (i128::from(least.min(0)), i128::from(greatest.max(0)));
        let step = nice((high - low).max(1).div_ceil_by(4), i128::from(unit.max(1)));
        let first = low.div_euclid(step);
        let last = (high + step - 1).div_euclid(step).max(first + 1);
        let tick = |n: i128| i64::try_from(n * step).unwrap_or(if n < 0 { i64::MIN } else { i64::MAX });
        Self { ticks: (first..=last).map(tick).collect() }
    }

    /// Where `value` lies on an axis that runs from `top` (its greatest tick) over `height` downwards.
    #[expect(clippy::cast_precision_loss, reason = "a place on a screen")]
    pub fn place(&self, value: i64, top: f64, height: f64) -> f64 {
        let (low, high) = (self.low() as f64, self.high() as f64);
        top + height * (high - value as f64) / (high - low)
    }

    /// The least tick.
    pub fn low(&self) -> i64 {
        self.ticks.first().copied().unwrap_or(0)
    }

    /// The greatest tick.
    pub fn high(&self) -> i64 {
        self.ticks.last().copied().unwrap_or(1)
    }
}

trait DivCeilBy {
    fn div_ceil_by(self, by: Self) -> Self;
}

impl DivCeilBy for i128 {
    fn div_ceil_by(self, by: Self) -> Self {
        (self + by - 1).div_euclid(by)
    }
}

fn nice(wanted: i128, unit: i128) -> i128 {
    let mut power = 1_i128;
    loop {
        for tenths in [10, 20, 25, 50] {
            let step = power * tenths / 10 * unit;
            let whole = power * tenths % 10 == 0;
            if whole && step >= wanted {
                return step;
            }
        }
        power *= 10;
    }
}

/// A tick in few letters: `1.2k`, `250k`, `3M`.
pub fn short(value: i64) -> String {
    let sign = if value < 0 { "\u{2212}" } else { "" };
    let n = value.unsigned_abs();
    let (unit, letter) = match n {
        0..10_000 => (1, ""),
        10_000..1_000_000 => (1_000, "k"),
        1_000_000..1_000_000_000 => (1_000_000, "M"),
        _ => (1_000_000_000, "bn"),
    };
    let (whole, tenth) = (n / unit, n % unit * 10 / unit);
    let format = numbers::format();
    let mut text = String::from(sign);
    format.push(&mut text, whole);
    if tenth > 0 {
        text.push_str(format.decimal());
        text.push_str(&tenth.to_string());
    }
    text + letter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_nice_and_hold_everything() {
        assert_eq!(Scale::new(0, 0, 100).ticks, [0, 100]);
        assert_eq!(Scale::new(0, 87_300, 100).ticks, [0, 25_000, 50_000, 75_000, 100_000]);
        assert_eq!(Scale::new(0, 3, 1).ticks, [0, 1, 2, 3]);
        assert_eq!(Scale::new(-300, 900, 100).ticks, [-500, 0, 500, 1_000]);
        for (least, greatest) in [(0, 1), (-7, 0), (-1, 999_999_999), (i64::MIN / 4, i64::MAX / 4)] {
            let scale = Scale::new(least, greatest, 100);
            assert!(scale.low() <= least && scale.high() >= greatest && scale.ticks.len() <= 7, "{scale:?}");
            assert!(scale.ticks.contains(&0), "{scale:?}");
        }
    }

    #[test]
    fn places_run_downwards() {
        let scale = Scale { ticks: vec![0, 50, 100] };
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(near(scale.place(100, 10.0, 200.0), 10.0) && near(scale.place(0, 10.0, 200.0), 210.0));
        assert!(near(scale.place(50, 10.0, 200.0), 110.0));
    }

    #[test]
    fn large_numbers_are_short() {
        assert_eq!([short(0), short(2_500), short(25_000), short(12_500)], ["0", "2,500", "25k", "12.5k"]);
        assert_eq!([short(-1_250_000), short(3_000_000_000)], ["\u{2212}1.2M", "3bn"]);
        let there = numbers::within(domain::numbers::NumberFormat::PointComma, || [short(2_500), short(12_500)]);
        assert_eq!(there, ["2.500", "12,5k"]);
    }
}
