//! Quarters of the UTC calendar: the pieces into which orders are cut.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, Utc};

use crate::calendar::quarter_start;

/// A quarter, such as `2026q4`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Quarter(NaiveDate);

/// Why a text is no quarter.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("Use a quarter from 1990q1 to 2199q4, such as 2026q4.")]
pub struct NotAQuarter;

impl Quarter {
    /// The quarter in which `day` (UTC) falls.
    pub fn of(day: NaiveDate) -> Self {
        Self(quarter_start(day))
    }

    /// Its first day.
    pub const fn first_day(self) -> NaiveDate {
        self.0
    }

    /// Its first instant.
    pub fn begins(self) -> DateTime<Utc> {
        self.0.and_time(NaiveTime::MIN).and_utc()
    }

    /// The first instant after it.
    pub fn ends(self) -> DateTime<Utc> {
        self.after(1).begins()
    }

    /// The quarter `n` later (saturating at the calendar's end).
    #[must_use]
    pub fn after(self, n: u32) -> Self {
        Self(self.0.checked_add_months(Months::new(n.saturating_mul(3))).unwrap_or(self.0))
    }

    /// The quarter `n` earlier (saturating at the calendar's beginning).
    #[must_use]
    pub fn before(self, n: u32) -> Self {
        Self(self.0.checked_sub_months(Months::new(n.saturating_mul(3))).unwrap_or(self.0))
    }

    /// The first instant at which it may be archived when `retention` whole quarters are kept beside the running one.
    pub fn leaves(self, retention: u32) -> DateTime<Utc> {
        self.after(retention.saturating_add(1)).begins()
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}q{}", self.0.year(), self.0.month0() / 3 + 1)
    }
}

impl FromStr for Quarter {
    type Err = NotAQuarter;

    fn from_str(text: &str) -> Result<Self, NotAQuarter> {
        let (year, number) = text.trim().split_once(['q', 'Q']).ok_or(NotAQuarter)?;
        let year: i32 = year.parse().ok().filter(|y| (1990..2200).contains(y)).ok_or(NotAQuarter)?;
        let number: u32 = number.parse().ok().filter(|n| (1..=4).contains(n)).ok_or(NotAQuarter)?;
        NaiveDate::from_ymd_opt(year, (number - 1) * 3 + 1, 1).map(Self).ok_or(NotAQuarter)
    }
}

impl serde::Serialize for Quarter {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Quarter {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_print_and_read_themselves() {
        for text in ["1990q1", "2024q1", "2026q4", "2199q4"] {
            assert_eq!(text.parse::<Quarter>().unwrap().to_string(), text);
        }
        for text in ["", "2024", "2024q0", "2024q5", "1989q4", "2200q1", "q1", "2024q1; drop table orders"] {
            assert_eq!(text.parse::<Quarter>(), Err(NotAQuarter), "{text}");
        }
    }

    #[test]
    fn eight_kept_quarters_are_those_before_the_running_one() {
        let quarter: Quarter = "2024q3".parse().unwrap();
        assert_eq!(quarter.leaves(8), "2026-10-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap());
        assert_eq!((quarter.after(1).to_string(), quarter.before(3).to_string()), ("2024q4".into(), "2023q4".into()));
        assert_eq!(quarter.ends(), quarter.after(1).begins());
    }
}
