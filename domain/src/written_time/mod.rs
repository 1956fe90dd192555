//! Times as people and programs write them. Only what can mean one moment is read: `3/5/2026` is a day in March or in May, and which
//! is said by nothing but other days of the same file.

mod cursor;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};

use cursor::{Cursor, Date};

use crate::text;

/// A time as it was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WrittenTime {
    /// With an offset: one moment.
    Instant(DateTime<Utc>),
    /// On some wall clock.
    Local(NaiveDateTime),
}

/// Why a text is no time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TimeFault {
    /// It is nothing of the kind.
    NotATime,
    /// Its numbers make several days.
    SeveralDays(Vec<NaiveDate>),
}

/// In which order day, month and year may stand in dates of numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DayOrder(u8);

impl DayOrder {
    /// Whatever a date allows.
    pub const ANY: Self = Self(0b111);
    /// Month, day, year: `12/31/2026`.
    pub const MONTH_FIRST: Self = Self(0b001);
    /// Day, month, year: `31/12/2026`.
    pub const DAY_FIRST: Self = Self(0b010);
    /// Year, month, day: `26/12/31`.
    pub const YEAR_FIRST: Self = Self(0b100);
    const EACH: [Self; 3] = [Self::MONTH_FIRST, Self::DAY_FIRST, Self::YEAR_FIRST];

    /// Those that a written time allows too. Nothing is left when times of one file contradict each other. Days with points say
    /// nothing of others: months never come first in them.
    pub fn note(&mut self, text: &str) {
        // Begins with a year of four digits: most times.
        if text.as_bytes().first_chunk::<4>().is_some_and(|year| year.iter().all(u8::is_ascii_digit)) {
            return;
        }
        let Some(Date::Numbers(numbers)) = Cursor::new(text::trim(text)).date() else { return };
        let may = Self::EACH.into_iter().filter(|order| numbers.day(*order).is_some()).fold(0, |all, one| all | one.0);
        // What is no day in any order says nothing.
        if numbers.sign != '.' && may != 0 {
            self.0 &= may;
        }
    }

    /// The order to read by where `usual` is the rule of a format: it, unless the file shows otherwise.
    pub const fn or_usual(self, usual: Self) -> Self {
        if self.0 & usual.0 == 0 { self } else { usual }
    }

    const fn allows(self, one: Self) -> bool {
        self.0 & one.0 != 0
    }
}

/// Reads a moment: a time with its offset, as RFC 3339 has it, or nearly.
pub fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(exact) = DateTime::parse_from_rfc3339(text) {
        return Some(exact.with_timezone(&Utc));
    }
    let text = text::trim(text);
    let is_iso = text.len() > 10
        && text.as_bytes()[..10].iter().enumerate().all(|(i, b)| match i {
            4 | 7 => *b == b'-',
            _ => b.is_ascii_digit(),
        });
    match read(text, DayOrder::ANY).ok().filter(|_| is_iso)? {
        WrittenTime::Instant(at) => Some(at),
        WrittenTime::Local(_) => None,
    }
}

/// Reads a time in any of the usual notations; dates of numbers in an order of `order`.
///
/// # Errors
/// [`TimeFault`]
pub fn read(text: &str, order: DayOrder) -> Result<WrittenTime, TimeFault> {
    let text = text::trim(text);
    let plain = if text.is_ascii() { text.into() } else { Cow::from(text.replace(['\u{a0}', '\u{202f}'], " ")) };
    let mut cursor = Cursor::new(&plain);
    let date = cursor.date().ok_or(TimeFault::NotATime)?;
    let (clock, offset) = cursor.clock(matches!(date, Date::Basic(_))).ok_or(TimeFault::NotATime)?;
    let day = match date {
        Date::Certain(day) | Date::Basic(day) => day,
        Date::Numbers(numbers) => numbers.one_day(order)?,
    };
    let local = day.and_time(clock);
    let Some(offset) = offset else { return Ok(WrittenTime::Local(local)) };
    let at = offset.from_local_datetime(&local).single().ok_or(TimeFault::NotATime)?;
    Ok(WrittenTime::Instant(at.with_timezone(&Utc)))
}

/// Three numbers, each with how many digits it has.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Numbers {
    parts: [(u32, usize); 3],
    sign: char,
}

impl Numbers {
    fn day(self, order: DayOrder) -> Option<NaiveDate> {
        let [first, second, third] = self.parts;
        match order {
            // Nobody puts points after months.
            DayOrder::MONTH_FIRST if self.sign != '.' => day(year(third)?, first.0, second.0),
            DayOrder::DAY_FIRST => day(year(third)?, second.0, first.0),
            DayOrder::YEAR_FIRST if self.parts.iter().all(|(_, length)| *length == 2) => {
                day(year(first)?, second.0, third.0)
            }
            _ => None,
        }
    }

    fn one_day(self, order: DayOrder) -> Result<NaiveDate, TimeFault> {
        let days = |may: &dyn Fn(DayOrder) -> bool| {
            let mut days: Vec<_> =
                DayOrder::EACH.into_iter().filter(|one| may(*one)).filter_map(|one| self.day(one)).collect();
            days.sort_unstable();
            days.dedup();
            days
        };
        let mut found = days(&|one| order.allows(one));
        if found.is_empty() {
            found = days(&|_| true);
        }
        match found[..] {
            [] => Err(TimeFault::NotATime),
            [day] => Ok(day),
            _ => Err(TimeFault::SeveralDays(found)),
        }
    }
}

// Years of two digits lie from 1990 to 2089.
const fn year((number, length): (u32, usize)) -> Option<u32> {
    match (length, number) {
        (2, 90..) => Some(1900 + number),
        (2, _) => Some(2000 + number),
        (4, _) => Some(number),
        _ => None,
    }
}

fn day(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}
