//! Money: an integer of minor units and an ISO 4217 currency. Unlike currencies are never added.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::numbers::NumberFormat;

/// An ISO 4217 currency, by its code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The text is no ISO 4217 code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an ISO 4217 code in capitals, such as GBP")]
pub struct UnknownCurrency;

impl Currency {
    /// The code, such as `GBP`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimal digits the minor unit has: 2 for GBP, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u32 {
        self.usual().unwrap_or_else(|| u32::from(self.iso().and_then(iso_currency::Currency::exponent).unwrap_or(2)))
    }

    /// The sign written before an amount, such as `£`; the code itself where there is none of its own.
    pub fn sign(self) -> Cow<'static, str> {
        match self.code() {
            "GBP" => "£".into(),
            "EUR" => "€".into(),
            "USD" => "$".into(),
            "JPY" => "¥".into(),
            "INR" => "₹".into(),
            code => format!("{code} ").into(),
        }
    }

    // The exponents of the currencies that most amounts are in, which need not be looked up among all.
    const fn usual(self) -> Option<u32> {
        match &self.0 {
            b"GBP" | b"EUR" | b"USD" | b"INR" => Some(2),
            b"JPY" => Some(0),
            _ => None,
        }
    }

    fn iso(self) -> Option<iso_currency::Currency> {
        iso_currency::Currency::from_code(self.code())
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code: [u8; 3] = text.as_bytes().try_into().map_err(|_| UnknownCurrency)?;
        let known = Self(code).usual().is_some()
            || code.iter().all(u8::is_ascii_uppercase) && iso_currency::Currency::from_code(text).is_some();
        if known { Ok(Self(code)) } else { Err(UnknownCurrency) }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

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

    /// Reads `12`, `12.5` or `-1,234.50`; more decimals than the currency has are refused unless they are zeros.
    ///
    /// # Errors
    /// What is wrong with the text, in words.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, &'static str> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = whole.replace(',', "");
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !plain(&whole) || !plain(fraction) {
            return Err("must be an amount such as 12.50");
        }
        let places = currency.exponent() as usize;
        let (kept, rest) = fraction.split_at(fraction.len().min(places));
        if rest.bytes().any(|b| b != b'0') {
            return Err("has more decimals than the currency");
        }
        let minor: i64 = format!("{whole}{kept:0<places$}").parse().map_err(|_| "is too large")?;
        Ok(Self::new(if negative { -minor } else { minor }, currency))
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn amounts_read_as_people_write_them() {
        let gbp = currency("GBP");
        for (text, minor) in
            [("2.55", 255), ("15", 1500), ("0.5", 50), ("-1,234.50", -123_450), ("1.500", 150), (".5", 50)]
        {
            assert_eq!(Money::parse(text, gbp), Ok(Money::new(minor, gbp)), "{text}");
        }
        for text in ["", "-", ".", "1.005", "1e3", "12 GBP", "99999999999999999999", "--1"] {
            assert!(Money::parse(text, gbp).is_err(), "{text}");
        }
        assert_eq!(Money::parse("1500", currency("JPY")).unwrap().minor, 1500);
        assert_eq!(Money::parse("1.234", currency("KWD")).unwrap().minor, 1234);
    }

    #[test]
    fn the_usual_currencies_are_as_the_standard_has_them() {
        let usual = ["GBP", "EUR", "USD", "INR", "JPY"].map(currency);
        for currency in usual {
            let standard = currency.iso().and_then(iso_currency::Currency::exponent).map(u32::from);
            assert_eq!((currency.usual(), standard.is_some()), (standard, true), "{currency}");
        }
        assert!("gbp".parse::<Currency>().is_err() && "XYZ".parse::<Currency>().is_err());
    }

    #[test]
    fn amounts_print_with_sign_groups_and_decimals() {
        assert_eq!(Money::new(-123_456_789, currency("GBP")).to_string(), "\u{2212}£1,234,567.89");
        assert_eq!(Money::new(5, currency("GBP")).to_string(), "£0.05");
        assert_eq!(Money::new(1500, currency("JPY")).to_string(), "¥1,500");
        assert_eq!(Money::new(i64::MIN, currency("GBP")).plain(), "-92233720368547758.08");
    }

    #[test]
    fn only_iso_codes_are_currencies() {
        for bad in ["gbp", "GB", "GBPP", "ZZZ", "€", ""] {
            assert!(bad.parse::<Currency>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn plain_text_reads_back(minor in -1_000_000_000_000_i64..1_000_000_000_000, code in prop::sample::select(vec!["GBP", "JPY", "KWD", "NPR"])) {
            let money = Money::new(minor, currency(code));
            prop_assert_eq!(Money::parse(&money.plain(), money.currency), Ok(money));
        }
    }
}
