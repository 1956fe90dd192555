//! Reading the cells of a line: numbers, amounts, times; and showing them in a reason.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use domain::money::{Currency, Money};

const SHOWN: usize = 64;

/// `text`, short and without anything that cannot be printed or stored.
pub fn printable(text: &str) -> String {
    let clean = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    let mut out: String = text.chars().take(SHOWN).map(clean).collect();
    if text.chars().nth(SHOWN).is_some() {
        out.push('…');
    }
    out
}

/// [`printable`] in quotation marks, for a reason.
pub fn shown(text: &str) -> String {
    format!("'{}'", printable(text))
}

/// A whole number.
pub fn whole(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| match text {
        "" => "must not be empty".into(),
        _ => format!("{} is not a whole number", shown(text)),
    })
}

/// An amount in whole units of `currency`, as minor units.
pub fn amount(text: &str, currency: Currency) -> Result<i64, String> {
    Money::parse(text, currency).map(|money| money.minor).map_err(|message| match text {
        "" => "must not be empty".into(),
        _ => format!("{} {message}", shown(text)),
    })
}

/// A wall-clock time: `m/d/yy H:MM` or `m/d/yyyy H:MM`, `yyyy-mm-dd hh:mm`, each with seconds or without.
/// Years of two digits lie from 1990 to 2089.
pub fn local_time(text: &str) -> Option<NaiveDateTime> {
    let (day, time) = text.split_once([' ', 'T'])?;
    let day = if day.contains('/') { slashed(day)? } else { dashed(day)? };
    Some(day.and_time(clock(time.trim_start())?))
}

fn slashed(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let year = match (digits(year)?, year.len()) {
        (year @ 90..=99, 2) => 1900 + year,
        (year, 2) => 2000 + year,
        (year, 4) => year,
        _ => return None,
    };
    let whole = parts.next().is_none() && month.len() <= 2 && day.len() <= 2;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, digits(month)?, digits(day)?).filter(|_| whole)
}

fn dashed(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = parts.next().is_none() && year.len() == 4 && month.len() == 2 && day.len() == 2;
    NaiveDate::from_ymd_opt(i32::try_from(digits(year)?).ok()?, digits(month)?, digits(day)?).filter(|_| whole)
}

fn clock(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next().unwrap_or("00"));
    let whole = parts.next().is_none() && hour.len() <= 2 && minute.len() == 2 && second.len() == 2;
    NaiveTime::from_hms_opt(digits(hour)?, digits(minute)?, digits(second)?).filter(|_| whole)
}

fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_read_in_every_way_that_is_promised() {
        for (text, plain) in [
            ("12/1/10 8:26", "2010-12-01T08:26:00"),
            ("2/28/2011 23:59:01", "2011-02-28T23:59:01"),
            ("1/2/99 0:00", "1999-01-02T00:00:00"),
            ("2026-03-01 14:02", "2026-03-01T14:02:00"),
            ("2026-03-01T14:02:09", "2026-03-01T14:02:09"),
        ] {
            assert_eq!(local_time(text), plain.parse().ok(), "{text}");
        }
        for text in [
            "",
            "12/1/10",
            "13/1/10 8:26",
            "2/30/10 8:26",
            "12/1/10 24:00",
            "12/1/10 8:6",
            "12/1/1 8:26",
            "2010-12-1 08:26",
            "+1/+2/10 8:26",
            "1/2/3/10 8:26",
            "12/1/10 8:26:00:00",
            "12/1/010 8:26",
        ] {
            assert_eq!(local_time(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_shown_can_be_stored() {
        assert_eq!(shown("a\0b\n"), "'a\u{fffd}b\u{fffd}'");
        assert_eq!(shown(&"é".repeat(200)).chars().count(), SHOWN + 3);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,30}", figures in "[0-9/: .T-]{0,24}") {
            for text in [&text, &figures] {
                let _ = (local_time(text), whole(text), shown(text), amount(text, "GBP".parse().unwrap()));
            }
        }
    }
}
