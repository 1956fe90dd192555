//! The signs of a written number: which of them stands before decimals, which between thousands, and when that cannot be told.

use super::decimal::Decimal;
use super::written::{AmountFault, Mark, Notation};
use crate::text;

/// The zeros of the scripts whose digits are understood: Latin, Arabic, Persian, Devanagari, Bengali, full width.
const ZEROS: [char; 6] = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{ff10}'];
// Arabic signs, each of which has one meaning. Within this module they stand as these letters.
const ARABIC_DECIMAL: char = 'd';
const ARABIC_THOUSANDS: char = 't';

/// Where the decimals of a number begin, as far as its signs tell.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Shape {
    /// It has none.
    Grouped,
    /// Behind this place.
    Decimal(usize),
    /// Its one sign stands before three digits.
    Either(usize),
}

impl Shape {
    /// Of a number in Latin digits and known signs; none when its signs make no number.
    pub fn of(body: &str) -> Option<Self> {
        let of = |sign: char| body.matches(sign).count();
        let (points, commas, arabic) = (of('.'), of(','), of(ARABIC_DECIMAL));
        let last = body.rfind(['.', ',', ARABIC_DECIMAL]);
        let is_apart = body.contains([' ', '\'', ARABIC_THOUSANDS]);
        match (points, commas, arabic) {
            (0, 0, 0) => Some(Self::Grouped),
            (0, 0, 1) => last.map(Self::Decimal),
            (1, 0, 0) | (0, 1, 0) => last.map(|at| match body.len() - at - 1 {
                3 if !is_apart && (1..=3).contains(&at) && !body.starts_with('0') => Self::Either(at),
                _ => Self::Decimal(at),
            }),
            (_, 0, 0) | (0, _, 0) => Some(Self::Grouped),
            // The one that comes last stands before decimals, and so stands once.
            (_, _, 0) => last.filter(|at| of(char::from(body.as_bytes()[*at])) == 1).map(Self::Decimal),
            _ => None,
        }
    }

    /// What the notation, or the currency, says of a sign that may be either.
    ///
    /// # Errors
    /// [`AmountFault::Ambiguous`]
    pub fn settled(self, body: &str, decimals: Option<u32>, notation: Notation) -> Result<Self, AmountFault> {
        let Self::Either(at) = self else { return Ok(self) };
        let (whole, thousand) = (&body[..at], &body[at + 1..]);
        let is_decimal = match (notation, decimals) {
            (Notation::Decimals(known), _) => mark(body, at) == Some(known),
            // As this program and others write the currency.
            (_, Some(3)) if mark(body, at) == Some(Mark::Point) => true,
            // There is no part of such a currency.
            (_, Some(0)) if thousand != "000" => false,
            _ => {
                let digits = format!("{whole}{thousand}").parse().unwrap_or_default();
                let decimal = Decimal { digits, places: 3 }.short().plain();
                return Err(AmountFault::Ambiguous { grouped: digits.to_string(), decimal });
            }
        };
        Ok(if is_decimal { Self::Decimal(at) } else { Self::Grouped })
    }

    /// Whole units without what stands between thousands, and decimals.
    pub fn parts(self, body: &str) -> Option<(String, String)> {
        match self {
            Self::Decimal(at) => Some((joined(&body[..at])?, body[at + 1..].to_owned())),
            Self::Grouped => joined(body).map(|whole| (whole, String::new())),
            Self::Either(_) => None,
        }
    }
}

/// The sign at a place of a number.
pub fn mark(body: &str, at: usize) -> Option<Mark> {
    match body.as_bytes().get(at) {
        Some(b'.') => Some(Mark::Point),
        Some(b',') => Some(Mark::Comma),
        _ => None,
    }
}

// Digits in groups of three, or as India groups them, with one and the same sign between all of them.
fn joined(whole: &str) -> Option<String> {
    let Some(apart) = whole.chars().find(|c| !c.is_ascii_digit()) else { return Some(whole.to_owned()) };
    let groups: Vec<&str> = whole.split(apart).collect();
    let (first, rest) = groups.split_first()?;
    let (last, between) = rest.split_last()?;
    let by_threes = (1..=3).contains(&first.len()) && between.iter().all(|group| group.len() == 3);
    let by_twos = (1..=2).contains(&first.len()) && between.iter().all(|group| group.len() == 2);
    let good = last.len() == 3 && (by_threes || by_twos) && !first.starts_with('0');
    (good && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_digit()))).then(|| groups.concat())
}

/// Whether a number is below zero, and the rest of it.
pub fn signed(text: &str) -> (bool, &str) {
    let text = text::trim(text);
    match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, text::trim(rest)),
        None => (false, text::trim(text.strip_prefix('+').unwrap_or(text))),
    }
}

/// A number in Latin digits, with one sign for each kind of space and of apostrophe; none when it holds anything else.
pub fn latin(body: &str) -> Option<String> {
    let mut script = None;
    let sign = |c: char| match c {
        ' ' | '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2009}' => Some(' '),
        '\'' | '\u{2019}' => Some('\''),
        '\u{66b}' => Some(ARABIC_DECIMAL),
        '\u{66c}' => Some(ARABIC_THOUSANDS),
        '.' | ',' => Some(c),
        _ => {
            let zero = ZEROS.into_iter().find(|zero| (0..10).contains(&(c as u32).wrapping_sub(*zero as u32)))?;
            let one_script = *script.get_or_insert(zero) == zero;
            one_script.then(|| char::from_digit(c as u32 - zero as u32, 10))?
        }
    };
    body.chars().map(sign).collect()
}
