//! Takes a written time apart, from its beginning to its end.

use chrono::{FixedOffset, NaiveDate, NaiveTime};

use super::{Numbers, day};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The day of a written time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Date {
    /// One day.
    Certain(NaiveDate),
    /// Without signs between its parts; the clock after it has none either.
    Basic(NaiveDate),
    /// Numbers in some order.
    Numbers(Numbers),
}

/// What is left to read of a written time.
pub struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    /// All of `text`.
    pub const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The day, which comes first.
    pub fn date(&mut self) -> Option<Date> {
        if self.0.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return self.month_first().map(Date::Certain);
        }
        let first = self.number(1, 8)?;
        match first.1 {
            8 => day(first.0 / 10_000, first.0 / 100 % 100, first.0 % 100).map(Date::Basic),
            4 => self.after_year(first.0).map(Date::Certain),
            1 | 2 => self.after_number(first),
            _ => None,
        }
    }

    // `May 1, 2026`, perhaps with the day of the week before it; that may come before other dates too.
    fn month_first(&mut self) -> Option<NaiveDate> {
        let word = self.word();
        if is_one_of(word, &WEEKDAYS).is_some() {
            self.skip(&[',', '.', ' ']);
            return match self.date()? {
                Date::Certain(day) => Some(day),
                Date::Basic(_) | Date::Numbers(_) => None,
            };
        }
        let month = month(word)?;
        self.skip(&[' ', '.', '-']);
        let number = self.number(1, 2)?;
        self.ordinal();
        self.skip(&[',', ' ', '-']).then_some(())?;
        day(self.number(4, 4)?.0, month, number.0)
    }

    // `2026-05-01`, `2026/5/1`, `2026.5.1`, `2026-May-01`
    fn after_year(&mut self, year: u32) -> Option<NaiveDate> {
        let sign = self.one_of(&['-', '/', '.'])?;
        if self.0.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let month = month(self.word())?;
            self.one_of(&[sign])?;
            return day(year, month, self.number(1, 2)?.0);
        }
        let least = if sign == '-' { 2 } else { 1 };
        let month = self.number(least, 2)?;
        self.one_of(&[sign])?;
        day(year, month.0, self.number(least, 2)?.0)
    }

    // `3/5/2026`, `3. 5. 2026`, `3 May 2026`
    fn after_number(&mut self, first: (u32, usize)) -> Option<Date> {
        self.ordinal();
        let sign = self.one_of(&['/', '.', '-', ' '])?;
        self.skip(&[' ']);
        if self.0.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let month = month(self.word())?;
            self.skip(&[' ', '-', '.', ',', '/']).then_some(())?;
            return day(self.number(4, 4)?.0, month, first.0).map(Date::Certain);
        }
        if sign == ' ' {
            return None;
        }
        let second = self.number(1, 2)?;
        self.one_of(&[sign])?;
        if sign == '.' {
            self.skip(&[' ']);
        }
        let third = self.number(1, 4)?;
        Some(Date::Numbers(Numbers { parts: [first, second, third], sign }))
    }

    /// The time of day, and the offset if there is one; nothing may come after them. A `basic` one has no signs between its parts.
    pub fn clock(&mut self, basic: bool) -> Option<(NaiveTime, Option<FixedOffset>)> {
        if self.one_of(&['T', 't']).is_none() {
            self.skip(&[' ', ',', '@']).then_some(())?;
            if self.0.len() > 3 && self.0.is_char_boundary(3) && self.0[..3].eq_ignore_ascii_case("at ") {
                self.0 = &self.0[3..];
            }
        }
        let signs = if basic { None } else { Some(':') };
        let hour = self.number(if basic { 2 } else { 1 }, 2)?.0;
        self.sign(signs)?;
        let minute = self.number(2, 2)?.0;
        let mut rest = Cursor(self.0);
        let second = match rest.sign(signs).and_then(|()| rest.number(2, 2)) {
            Some((second, _)) => {
                self.0 = rest.0;
                (second, self.fraction()?)
            }
            None => (0, 0),
        };
        self.skip(&[' ']);
        let hour = self.half_day(hour)?;
        self.skip(&[' ']);
        let offset = self.offset()?;
        self.skip(&[' ']);
        // As JavaScript names zones behind their offsets.
        let is_over = self.0.is_empty() || (offset.is_some() && self.0.starts_with('(') && self.0.ends_with(')'));
        is_over.then_some((time(hour, minute, second)?, offset))
    }

    fn fraction(&mut self) -> Option<u32> {
        if self.one_of(&['.', ',']).is_none() {
            return Some(0);
        }
        let length = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let digits = &self.0[..length.min(9)];
        let nanos: u32 = format!("{digits:0<9}").parse().ok()?;
        self.0 = &self.0[length..];
        (length > 0).then_some(nanos)
    }

    fn half_day(&mut self, hour: u32) -> Option<u32> {
        let half = ["am", "pm", "a.m.", "p.m."].into_iter().find(|half| {
            let start = self.0.get(..half.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(half))
        });
        let Some(half) = half else { return Some(hour) };
        self.0 = &self.0[half.len()..];
        let afternoon = if half.starts_with('p') { 12 } else { 0 };
        (1..=12).contains(&hour).then_some(hour % 12 + afternoon)
    }

    // None for one that is none.
    fn offset(&mut self) -> Option<Option<FixedOffset>> {
        let word = self.word();
        let is_utc = ["z", "utc", "gmt"].iter().any(|utc| word.eq_ignore_ascii_case(utc));
        if !is_utc && !word.is_empty() {
            return None;
        }
        let Some(sign) = self.one_of(&['+', '-', '\u{2212}']) else {
            return Some(if is_utc { FixedOffset::east_opt(0) } else { None });
        };
        let hours = self.number(1, 2)?.0;
        let colon = self.one_of(&[':']).is_some();
        let minutes = match self.number(2, 2) {
            Some((minutes, _)) => minutes,
            None if colon => return None,
            None => 0,
        };
        let seconds = i32::try_from(hours * 3_600 + minutes * 60).ok().filter(|_| minutes < 60)?;
        FixedOffset::east_opt(if sign == '+' { seconds } else { -seconds }).map(Some)
    }

    fn number(&mut self, least: usize, most: usize) -> Option<(u32, usize)> {
        let length = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(length);
        let number = digits.parse().ok().filter(|_| length >= least)?;
        self.0 = rest;
        Some((number, length))
    }

    fn word(&mut self) -> &'a str {
        let length = self.0.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (word, rest) = self.0.split_at(length);
        self.0 = rest;
        word
    }

    // `1st`, `2nd`, `3rd`, `4th`
    fn ordinal(&mut self) {
        let rest = ["st", "nd", "rd", "th"].into_iter().find_map(|suffix| self.0.strip_prefix(suffix));
        self.0 = rest.unwrap_or(self.0);
    }

    fn one_of(&mut self, signs: &[char]) -> Option<char> {
        let found = self.0.chars().next().filter(|c| signs.contains(c))?;
        self.0 = &self.0[found.len_utf8()..];
        Some(found)
    }

    fn sign(&mut self, sign: Option<char>) -> Option<()> {
        sign.map_or(Some(()), |sign| self.one_of(&[sign]).map(drop))
    }

    fn skip(&mut self, signs: &[char]) -> bool {
        let rest = self.0.trim_start_matches(signs);
        let skipped = rest.len() < self.0.len();
        self.0 = rest;
        skipped
    }
}

// A second 60 is the one after 59, as in RFC 3339.
fn time(hour: u32, minute: u32, (second, nanos): (u32, u32)) -> Option<NaiveTime> {
    match second {
        60 => NaiveTime::from_hms_nano_opt(hour, minute, 59, 1_000_000_000 + nanos),
        _ => NaiveTime::from_hms_nano_opt(hour, minute, second, nanos),
    }
}

fn month(word: &str) -> Option<u32> {
    if word.eq_ignore_ascii_case("sept") {
        return Some(9);
    }
    is_one_of(word, &MONTHS).and_then(|index| u32::try_from(index + 1).ok())
}

// By the whole name or its first three letters.
fn is_one_of(word: &str, names: &[&str]) -> Option<usize> {
    names.iter().position(|name| word.eq_ignore_ascii_case(name) || word.eq_ignore_ascii_case(&name[..3]))
}
