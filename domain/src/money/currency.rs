//! ISO 4217 currencies: their codes, their decimals, and when they were money.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::withdrawn;

/// Currencies that do not have two decimals, by how many they have.
const DECIMALS: [(u32, &[&str]); 3] = [
    (
        0,
        &[
            "ADP", "BEF", "BIF", "BYB", "BYR", "CLP", "DJF", "ESP", "GNF", "GRD", "ISK", "ITL", "JPY", "KMF", "KRW",
            "LUF", "MGF", "PTE", "PYG", "RWF", "TPE", "TRL", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
        ],
    ),
    (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
    (4, &["CLF", "UYW"]),
];
/// What all others have.
pub const USUAL_DECIMALS: u32 = 2;

/// An ISO 4217 currency, by its code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The text is no ISO 4217 code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Use an ISO 4217 currency code, such as GBP.")]
pub struct UnknownCurrency;

impl Currency {
    /// Most decimals that a currency has.
    pub const MAX_DECIMALS: u32 = 4;

    /// The euro.
    pub const EUR: Self = Self(*b"EUR");

    /// The code, such as `GBP`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many decimal digits the minor unit has: 2 for GBP, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u32 {
        if self.is_usual() {
            return USUAL_DECIMALS;
        }
        let found = DECIMALS.iter().find(|(_, codes)| codes.contains(&self.code()));
        found.map_or(USUAL_DECIMALS, |(decimals, _)| *decimals)
    }

    /// The codes of all currencies that do not have two decimals, by how many they have.
    pub const fn unusual_decimals() -> &'static [(u32, &'static [&'static str])] {
        &DECIMALS
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

    /// Whether something could be paid in it on `day`: no metal, test code or unit of account, and not withdrawn before.
    ///
    /// # Errors
    /// Words that follow the name of a field.
    pub fn check_on(self, day: NaiveDate) -> Result<(), String> {
        if self.is_usual() {
            return Ok(());
        }
        if self.iso().is_some_and(iso_currency::Currency::is_special) {
            return Err(format!("{self} cannot be used for payments. Use a currency such as GBP."));
        }
        match withdrawn::last_day(self.code()) {
            Some(last) if day > last => Err(format!("{self} was valid until {last}. Use a later currency.")),
            _ => Ok(()),
        }
    }

    // Those that most amounts are in, which need not be looked up.
    const fn is_usual(self) -> bool {
        matches!(&self.0, b"GBP" | b"EUR" | b"USD" | b"INR")
    }

    fn iso(self) -> Option<iso_currency::Currency> {
        iso_currency::Currency::from_code(self.code())
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = Self(text.as_bytes().try_into().map_err(|_| UnknownCurrency)?);
        let is_capital = code.0.iter().all(u8::is_ascii_uppercase);
        let is_known = || code.is_usual() || code.iso().is_some() || withdrawn::last_day(text).is_some();
        if is_capital && is_known() { Ok(code) } else { Err(UnknownCurrency) }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    fn all_codes() -> impl Iterator<Item = String> {
        let letters = || b'A'..=b'Z';
        letters().flat_map(move |a| {
            letters().flat_map(move |b| letters().map(move |c| [a, b, c].map(char::from).iter().collect()))
        })
    }

    #[test]
    fn decimals_are_as_the_standard_has_them() {
        let mut known = 0;
        for code in all_codes() {
            let Ok(currency) = code.parse::<Currency>() else { continue };
            known += 1;
            if let Some(standard) = currency.iso().and_then(iso_currency::Currency::exponent) {
                assert_eq!(currency.exponent(), u32::from(standard), "{currency}");
            }
        }
        assert!(known > 230, "{known}");
        for (decimals, codes) in Currency::unusual_decimals() {
            assert!(codes.iter().all(|code| currency(code).exponent() == *decimals));
        }
        assert!("gbp".parse::<Currency>().is_err() && "XYZ".parse::<Currency>().is_err());
    }

    #[test]
    fn only_iso_codes_are_currencies() {
        for bad in ["gbp", "GB", "GBPP", "ZZZ", "€", ""] {
            assert!(bad.parse::<Currency>().is_err(), "{bad}");
        }
    }

    #[test]
    fn money_of_its_time_is_money() {
        for (code, last) in [
            ("DEM", "2002-03-31"),
            ("SKK", "2009-01-31"),
            ("LTL", "2015-01-31"),
            ("HRK", "2023-01-31"),
            ("BGN", "2026-01-31"),
            ("ANG", "2025-06-30"),
            ("TRL", "2005-12-31"),
            ("ZWL", "2024-09-30"),
        ] {
            let last: NaiveDate = last.parse().unwrap();
            assert_eq!(currency(code).check_on(last), Ok(()), "{code}");
            let fault = currency(code).check_on(last.succ_opt().unwrap()).unwrap_err();
            assert!(fault.contains(code) && fault.contains(&last.to_string()), "{fault}");
        }
        let today = "2026-06-01".parse().unwrap();
        for code in ["XXX", "XTS", "XAU", "XAG", "XPT", "XPD", "XBA", "XDR", "XSU", "XUA", "XAD"] {
            assert!(currency(code).check_on(today).is_err(), "{code}");
        }
        for code in ["GBP", "EUR", "JPY", "XAF", "XOF", "XPF", "XCD", "XCG", "VES", "SLE", "ZWG", "CLF"] {
            assert_eq!(currency(code).check_on(today), Ok(()), "{code}");
        }
        assert_eq!((currency("ITL").exponent(), currency("SKK").exponent()), (0, 2));
    }
}
