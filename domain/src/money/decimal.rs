//! A number with decimals, kept exactly, until it is known which currency it is an amount of.

use super::written::{self, AmountFault, Notation};
use crate::numbers::NumberFormat;

/// A number with decimals, exactly.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Decimal {
    pub(super) digits: i128,
    pub(super) places: u32,
}

impl Decimal {
    /// Reads a number that may have up to `decimals` of them, as many as the currency that it is an amount of.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn read(text: &str, decimals: u32, notation: Notation) -> Result<Self, AmountFault> {
        let found = written::read(text, Some(decimals), notation)?.short();
        if found.places > decimals { Err(AmountFault::MoreDecimals) } else { Ok(found) }
    }

    /// As units of which `10^decimals` make one: the least that are as many.
    pub fn at_least(self, decimals: u32) -> i64 {
        let (units, rest) = self.units(decimals);
        clamped(if rest > 0 { units + 1 } else { units })
    }

    /// As units of which `10^decimals` make one: the most that are as many.
    pub fn at_most(self, decimals: u32) -> i64 {
        let (units, rest) = self.units(decimals);
        clamped(if rest < 0 { units - 1 } else { units })
    }

    /// For an address: a point before decimals, never three of them, so that it is the same number in every notation.
    pub fn plain(self) -> String {
        self.written('.', if self.places == 3 { 4 } else { self.places })
    }

    /// For a person who sees numbers in `format`, without signs between thousands.
    pub fn typed(self, format: NumberFormat) -> String {
        let sign = if format.decimal() == "," { ',' } else { '.' };
        self.written(sign, self.places)
    }

    fn written(self, sign: char, places: u32) -> String {
        let digits = self.digits.unsigned_abs() * 10_u128.pow(places - self.places);
        let minus = if self.digits < 0 { "-" } else { "" };
        let unit = 10_u128.pow(places);
        match places {
            0 => format!("{minus}{digits}"),
            // As prices are.
            1 => format!("{minus}{}{sign}{}0", digits / unit, digits % unit),
            _ => format!("{minus}{}{sign}{:02$}", digits / unit, digits % unit, places as usize),
        }
    }

    /// Towards zero, and what is left then.
    pub(super) fn units(self, decimals: u32) -> (i128, i128) {
        let whole = self.digits * 10_i128.pow(decimals.saturating_sub(self.places));
        let unit = 10_i128.pow(self.places.saturating_sub(decimals));
        (whole / unit, whole % unit)
    }

    /// As units of which `10^decimals` make one: the nearest, halves away from zero.
    pub(super) fn rounded(self, decimals: u32) -> i128 {
        let (units, rest) = self.units(decimals);
        let unit = 10_i128.pow(self.places.saturating_sub(decimals));
        if rest.abs() * 2 >= unit { units + rest.signum() } else { units }
    }

    /// Without zeros behind its decimals.
    pub(super) const fn short(self) -> Self {
        let mut short = self;
        while short.places > 0 && short.digits % 10 == 0 {
            short = Self { digits: short.digits / 10, places: short.places - 1 };
        }
        short
    }
}

fn clamped(units: i128) -> i64 {
    i64::try_from(units).unwrap_or(if units < 0 { i64::MIN } else { i64::MAX })
}
