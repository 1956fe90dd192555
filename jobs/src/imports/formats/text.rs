//! Reading the cells of a line: numbers, amounts, times; and showing them in a reason.

use chrono::{DateTime, Utc};
use domain::calendar::{Tz, local_to_utc};
use domain::money::{self, Currency, Money, Notation};
use domain::text;
use domain::written_time::{DayOrder, TimeFault, WrittenTime, read};

const SHOWN: usize = 64;
const LONGEST_WORD: usize = 500;

/// How the numbers and days of a file are written, as far as they show it.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    /// What stands before decimals.
    pub amounts: Notation,
    /// In which order days and months may stand.
    pub days: DayOrder,
}

impl Default for Written {
    fn default() -> Self {
        Self { amounts: Notation::Unknown, days: DayOrder::ANY }
    }
}

impl Written {
    /// A whole number.
    pub fn whole(self, text: &str) -> Result<i64, String> {
        money::whole(text, self.amounts).map_err(|fault| reason(text, &fault.to_string()))
    }

    /// An amount in whole units of `currency`, as minor units.
    pub fn amount(self, text: &str, currency: Currency) -> Result<i64, String> {
        let read = Money::written(text, currency, self.amounts);
        read.map(|money| money.minor).map_err(|fault| reason(text, &fault.to_string()))
    }

    /// The same of an amount that may have more decimals than `currency`: rounded, halves away from zero.
    pub fn rounded(self, text: &str, currency: Currency) -> Result<i64, String> {
        let read = Money::rounded(text, currency, self.amounts);
        read.map(|money| money.minor).map_err(|fault| reason(text, &fault.to_string()))
    }

    /// A time, in `zone` when it says none itself; `otherwise` are the words for what is none.
    pub fn time(self, text: &str, zone: Tz, otherwise: &str) -> Result<DateTime<Utc>, String> {
        match read(text, self.days) {
            Ok(WrittenTime::Instant(at)) => Ok(at),
            Ok(WrittenTime::Local(local)) => Ok(local_to_utc(local, zone)),
            Err(TimeFault::NotATime) => Err(reason(text, otherwise)),
            Err(TimeFault::SeveralDays(days)) => {
                let days: Vec<_> = days.iter().map(ToString::to_string).collect();
                let words = format!(
                    "This can be {}, and no other date in the file shows which. Write the year first.",
                    days.join(" or ")
                );
                Err(reason(text, &words))
            }
        }
    }
}

/// `text`, short and without anything that cannot be printed or stored.
pub fn printable(text: &str) -> String {
    text::shown(text, SHOWN)
}

/// `text` as one line that may be stored as it is, no longer than a word of the API.
pub fn word(text: &str) -> String {
    let clean = text.replace('\0', "");
    let line = text::on_one_line(text::trim(&clean));
    text::cut(&line, LONGEST_WORD).unwrap_or(&line).to_owned()
}

/// [`printable`] in quotation marks, for a reason.
pub fn shown(text: &str) -> String {
    format!("'{}'", printable(text))
}

fn reason(text: &str, words: &str) -> String {
    if text.is_empty() { "This cell is empty.".into() } else { format!("{words} Found {}.", shown(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_shown_can_be_stored() {
        assert_eq!(shown("a\0b\n"), "'a\u{fffd}b\u{fffd}'");
        assert_eq!(shown(&"é".repeat(200)).chars().count(), SHOWN + 3);
    }

    #[test]
    fn a_reason_names_what_the_cell_can_mean() {
        let written = Written::default();
        assert_eq!(
            written.time("3/5/2026 9:59", Tz::UTC, "Enter a time.").unwrap_err(),
            "This can be 2026-03-05 or 2026-05-03, and no other date in the file shows which. Write the year first. Found '3/5/2026 9:59'."
        );
        assert_eq!(
            written.amount("1.500", "EUR".parse().unwrap()).unwrap_err(),
            "This can mean 1500 or 1.50. Write one of them. Found '1.500'."
        );
        assert_eq!(written.whole("six").unwrap_err(), "Enter a whole number. Found 'six'.");
        assert_eq!(written.whole("").unwrap_err(), "This cell is empty.");
        assert_eq!(written.time("", Tz::UTC, "").unwrap_err(), "This cell is empty.");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,30}", figures in "[0-9/: .T-]{0,24}") {
            let written = Written::default();
            for text in [&text, &figures] {
                let amount = written.amount(text, "GBP".parse().unwrap());
                let _ = (written.time(text, Tz::UTC, ""), written.whole(text), shown(text), amount);
            }
        }
    }
}
