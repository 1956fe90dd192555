//! Money: an integer of minor units and an ISO 4217 currency. Unlike currencies are never added.

mod currency;
mod decimal;
mod evidence;
mod shape;
#[cfg(test)]
mod tests;
mod withdrawn;
mod written;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::numbers::NumberFormat;
pub use currency::{Currency, USUAL_DECIMALS, UnknownCurrency};
pub use decimal::Decimal;
pub use evidence::Evidence;
pub use written::{AmountFault, Mark, Notation, whole};

/// An amount of minor units in one currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: pence, cents, yen.
    pub minor: i64,
    /// Their currency.
    pub currency: Currency,
}

impl Money {
    /// `minor` units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads an amount of whole units of `currency`, such as `12`, `12.5` or `-1,234.50`, of which nothing is known but the
    /// currency. What could be another amount is refused.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, AmountFault> {
        Self::written(text, currency, Notation::Unknown)
    }

    /// The same of an amount that is written in `notation`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn written(text: &str, currency: Currency, notation: Notation) -> Result<Self, AmountFault> {
        written::amount(text, currency.exponent(), notation).map(|minor| Self::new(minor, currency))
    }

    /// The same of an amount that may have more decimals than `currency`, such as a price without tax: rounded, halves away
    /// from zero.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn rounded(text: &str, currency: Currency, notation: Notation) -> Result<Self, AmountFault> {
        written::rounded(text, currency.exponent(), notation).map(|minor| Self::new(minor, currency))
    }

    /// The number alone, as a form field or a CSV cell wants it: `1234.50`.
    pub fn plain(self) -> String {
        let (whole, fraction) = self.parts();
        let sign = if self.minor < 0 { "-" } else { "" };
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    /// Whole units, the minor units beyond them, and how many digits these take (0 for JPY), all without a sign.
    pub fn split(self) -> (u64, u64, usize) {
        let places = self.currency.exponent();
        let unit = 10_u64.pow(places);
        let magnitude = self.minor.unsigned_abs();
        (magnitude / unit, magnitude % unit, places as usize)
    }

    fn parts(self) -> (String, String) {
        let (whole, rest, places) = self.split();
        let fraction = if places == 0 { String::new() } else { format!("{rest:0places$}") };
        (whole.to_string(), fraction)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&NumberFormat::default().amount(*self))
    }
}
