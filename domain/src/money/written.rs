//! Amounts as people and programs write them: the one place where a text becomes a number of minor units, whether it stands in a
//! file, a form or an address. Only what can mean one amount is read. `1.500` can mean two, a thousand times apart: it is read
//! when its notation is known, and refused otherwise.

use std::borrow::Cow;

use super::decimal::Decimal;
use super::shape::{Shape, latin, signed};
use crate::numbers::NumberFormat;

/// More digits than any amount has.
const MOST_DIGITS: usize = 30;

/// A sign that stands before decimals in one notation, and between thousands in another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mark {
    /// `.`
    Point,
    /// `,`
    Comma,
}

/// What is known of the way in which an amount is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Notation {
    /// Nothing.
    #[default]
    Unknown,
    /// Other amounts of the same file show which sign stands before decimals.
    Decimals(Mark),
    /// Whoever typed it sees numbers in this format. Plain numbers are understood as well.
    Typed(NumberFormat),
}

/// Why a text is no amount, in words that follow the name of a field or the text itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountFault {
    /// It is nothing of the kind.
    #[error("Enter an amount such as 12{}50.", .0.decimal())]
    NotAnAmount(NumberFormat),
    /// There is no such part of the currency.
    #[error("Use no more decimals than the currency has.")]
    MoreDecimals,
    /// It is beyond what can be counted.
    #[error("This value is too large.")]
    TooLarge,
    /// Its one sign may stand before decimals or between thousands.
    #[error("This can mean {grouped} or {decimal}. Write one of them.")]
    Ambiguous {
        /// The amount with thousands apart.
        grouped: String,
        /// The amount with decimals.
        decimal: String,
    },
    /// It is no number that counts things.
    #[error("Enter a whole number.")]
    NotWhole,
}

/// Reads an amount of a currency with `decimals`, as minor units.
///
/// # Errors
/// What is wrong with the text.
pub fn amount(text: &str, decimals: u32, notation: Notation) -> Result<i64, AmountFault> {
    minor(read(text, Some(decimals), notation)?, decimals).map_err(|fault| fault.unwrap_or(AmountFault::MoreDecimals))
}

/// The same of an amount that may have more decimals than the currency: rounded, halves away from zero.
///
/// # Errors
/// What is wrong with the text.
pub fn rounded(text: &str, decimals: u32, notation: Notation) -> Result<i64, AmountFault> {
    let found = read(text, Some(decimals), notation)?;
    i64::try_from(found.rounded(decimals)).map_err(|_| AmountFault::TooLarge)
}

/// Reads a number that counts things: `2`, `2.00` and `1 000` are whole, `2.50` is not.
///
/// # Errors
/// What is wrong with the text.
pub fn whole(text: &str, notation: Notation) -> Result<i64, AmountFault> {
    let found = read(text, None, notation).map_err(|fault| match fault {
        AmountFault::NotAnAmount(_) => AmountFault::NotWhole,
        other => other,
    })?;
    minor(found, 0).map_err(|fault| fault.unwrap_or(AmountFault::NotWhole))
}

// None when there are decimals beyond.
fn minor(found: Decimal, decimals: u32) -> Result<i64, Option<AmountFault>> {
    match found.units(decimals) {
        (units, 0) => i64::try_from(units).map_err(|_| Some(AmountFault::TooLarge)),
        _ => Err(None),
    }
}

/// Reads a number. `decimals` are those of the currency; one that counts things may have any, which are refused later.
///
/// # Errors
/// What is wrong with the text.
pub(super) fn read(text: &str, decimals: Option<u32>, notation: Notation) -> Result<Decimal, AmountFault> {
    if let Some(simple) = simple(text) {
        return Ok(simple);
    }
    let format = if let Notation::Typed(format) = notation { format } else { NumberFormat::default() };
    let fault = || AmountFault::NotAnAmount(format);
    let (negative, body) = signed(text);
    let body = latin(body).ok_or_else(fault)?;
    let (whole, fraction) = if let Notation::Typed(format) = notation {
        typed(&body, format, decimals)?
    } else {
        let shape = Shape::of(&body).ok_or_else(fault)?.settled(&body, decimals, notation)?;
        shape.parts(&body).ok_or_else(fault)?
    };
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || digits.bytes().any(|b| !b.is_ascii_digit()) {
        return Err(fault());
    }
    let digits = digits.trim_start_matches('0');
    if digits.len() > MOST_DIGITS || fraction.len() > MOST_DIGITS {
        return Err(AmountFault::TooLarge);
    }
    let value: i128 = if digits.is_empty() { 0 } else { digits.parse().map_err(|_| AmountFault::TooLarge)? };
    let places = u32::try_from(fraction.len()).map_err(|_| AmountFault::TooLarge)?;
    Ok(Decimal { digits: if negative { -value } else { value }, places })
}

// Digits, perhaps with a point and one or two decimals: most amounts, and the same in every notation.
fn simple(text: &str) -> Option<Decimal> {
    let bytes = text.as_bytes();
    let (mut digits, mut point) = (0_i64, None);
    if bytes.is_empty() || bytes.len() > 18 || bytes[0] == b'.' {
        return None;
    }
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => digits = digits * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(at),
            _ => return None,
        }
    }
    let places = point.map_or(0, |at| bytes.len() - at - 1);
    let places = u32::try_from(places).ok().filter(|places| *places <= 2 && (point.is_none() || *places > 0))?;
    Some(Decimal { digits: i128::from(digits), places })
}

// What somebody typed in their format. A point before three zeros that the currency does not have is no decimal one for certain.
fn typed(body: &str, format: NumberFormat, decimals: Option<u32>) -> Result<(String, String), AmountFault> {
    let plain: Cow<'_, str> = format.plain(body).ok_or(AmountFault::NotAnAmount(format))?;
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    if fraction.len() == 3 && decimals.is_some_and(|decimals| decimals < 3) {
        return Err(AmountFault::MoreDecimals);
    }
    Ok((whole.to_owned(), fraction.to_owned()))
}
