//! Reporting periods: whole local days, and the equally long stretch they are compared with.

use std::ops::Range;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::calendar::{days_before, next};
use crate::choices::Hint;
use crate::settings::StoreCalendar;

/// Longest period, in days: ten years and a little.
pub const MAX_DAYS: i64 = 3_660;

/// The local days `from ..= to`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day, included.
    pub to: NaiveDate,
}

/// With what a period is compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase", parse_err_ty = Hint, parse_err_fn = comparison_hint)]
pub enum Comparison {
    /// The days just before it, equally many.
    #[default]
    Previous,
    /// The same days a year earlier.
    Year,
    /// Nothing.
    None,
}

/// A named period, relative to today in the store's zone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case", parse_err_ty = Hint, parse_err_fn = preset_hint)]
pub enum Preset {
    /// Today so far.
    Today,
    /// The whole of yesterday.
    Yesterday,
    /// Today and the six days before.
    #[strum(serialize = "7-days")]
    Week,
    /// Today and the 29 days before.
    #[strum(serialize = "30-days")]
    Month,
    /// Today and the 89 days before.
    #[strum(serialize = "90-days")]
    Quarter,
    /// This calendar month so far.
    #[strum(serialize = "month")]
    ThisMonth,
    /// This calendar year so far.
    #[strum(serialize = "year")]
    ThisYear,
    /// This week of the store so far.
    #[strum(serialize = "week")]
    ThisWeek,
    /// This financial year of the store so far.
    FinancialYear,
}

impl Preset {
    /// Those that every store has, shortest first.
    pub const ALL: [Self; 7] =
        [Self::Today, Self::Yesterday, Self::Week, Self::Month, Self::Quarter, Self::ThisMonth, Self::ThisYear];

    /// Those that depend on the store's calendar.
    pub const OF_CALENDAR: [Self; 2] = [Self::ThisWeek, Self::FinancialYear];

    /// As it stands in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Yesterday => "Yesterday",
            Self::Week => "7 days",
            Self::Month => "30 days",
            Self::Quarter => "90 days",
            Self::ThisMonth => "This month",
            Self::ThisYear => "This year",
            Self::ThisWeek => "This week",
            Self::FinancialYear => "This financial year",
        }
    }

    /// The days it means on `today`, by the usual calendar.
    pub fn on(self, today: NaiveDate) -> Period {
        self.by(StoreCalendar::default(), today)
    }

    /// The days it means on `today`, by the store's calendar.
    pub fn by(self, calendar: StoreCalendar, today: NaiveDate) -> Period {
        let from = match self {
            Self::Today => today,
            Self::Yesterday => return Period { from: days_before(today, 1), to: days_before(today, 1) },
            Self::Week => days_before(today, 6),
            Self::Month => days_before(today, 29),
            Self::Quarter => days_before(today, 89),
            Self::ThisMonth => today.with_day(1).unwrap_or(today),
            Self::ThisYear => today.with_ordinal(1).unwrap_or(today),
            Self::ThisWeek => return calendar.week(today),
            Self::FinancialYear => return calendar.year(today),
        };
        Period { from, to: today }
    }
}

impl Period {
    /// The days `from ..= to`.
    ///
    /// # Errors
    /// Words for the field `to` when they are the wrong way round or too far apart.
    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Self, &'static str> {
        if to < from {
            Err("Enter an end date after the start date.")
        } else if (to - from).num_days() >= MAX_DAYS {
            Err("Enter an end date within 10 years of the start date.")
        } else {
            Ok(Self { from, to })
        }
    }

    /// How many days.
    pub fn days(self) -> u64 {
        u64::try_from((self.to - self.from).num_days() + 1).unwrap_or(1)
    }

    /// The whole weeks in it, from their first Monday up to the Monday after them. Where there is none, both are the
    /// day after the period.
    pub fn weeks(self) -> Range<NaiveDate> {
        let after = next(self.to);
        let into = |day: NaiveDate| u64::from(day.weekday().num_days_from_monday());
        let first = self.from.checked_add_days(Days::new((7 - into(self.from)) % 7)).unwrap_or(after);
        let last = days_before(after, into(after));
        if first < last { first..last } else { after..after }
    }

    /// The period it is compared with, if any.
    pub fn compared(self, with: Comparison) -> Option<Self> {
        match with {
            Comparison::None => None,
            Comparison::Previous => {
                let n = self.days();
                Some(Self { from: days_before(self.from, n), to: days_before(self.to, n) })
            }
            Comparison::Year => {
                let back = |day: NaiveDate| day.checked_sub_months(Months::new(12)).unwrap_or(day);
                Some(Self { from: back(self.from), to: back(self.to) })
            }
        }
    }
}

impl Comparison {
    /// As it stands in addresses.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

fn preset_hint(_: &str) -> Hint {
    "Use the name of a period, such as 30-days."
}

fn comparison_hint(_: &str) -> Hint {
    "Use previous, year or none."
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn comparisons_are_equally_long() {
        let march = Period::new(day("2026-03-01"), day("2026-03-31")).unwrap();
        assert_eq!(march.compared(Comparison::Previous), Period::new(day("2026-01-29"), day("2026-02-28")).ok());
        assert_eq!(march.compared(Comparison::Year), Period::new(day("2025-03-01"), day("2025-03-31")).ok());
        assert_eq!(march.compared(Comparison::None), None);
    }

    #[test]
    fn presets_end_today_or_yesterday() {
        let today = day("2026-03-05");
        assert_eq!(Preset::Month.on(today).days(), 30);
        assert_eq!(Preset::ThisMonth.on(today).from, day("2026-03-01"));
        assert_eq!(Preset::Yesterday.on(today).to, day("2026-03-04"));
    }

    #[test]
    fn presets_have_names_of_their_own_and_follow_the_calendar() {
        for preset in Preset::ALL.into_iter().chain(Preset::OF_CALENDAR) {
            assert_eq!(preset.as_str().parse(), Ok(preset));
        }
        assert!("fortnight".parse::<Preset>().is_err());
        let calendar = StoreCalendar { week_start: 7, year_start: 4 };
        let from = |preset: Preset| preset.by(calendar, day("2026-03-05")).from;
        assert_eq!((from(Preset::ThisWeek), from(Preset::FinancialYear)), (day("2026-03-01"), day("2025-04-01")));
        assert_eq!(from(Preset::ThisMonth), Preset::ThisMonth.on(day("2026-03-05")).from);
    }

    #[test]
    fn whole_weeks_and_the_days_beside_them_are_all_days_once() {
        for (from, to) in (0..14).flat_map(|from| (from..35).map(move |to| (from, to))) {
            let [from, to] = [from, to].map(|n| day("2026-02-24") + Days::new(n));
            let weeks = Period::new(from, to).unwrap().weeks();
            let days = (weeks.end - weeks.start).num_days();
            let (head, tail) = ((weeks.start - from).num_days(), (next(to) - weeks.end).num_days());
            assert!(
                days >= 0
                    && days % 7 == 0
                    && head >= 0
                    && tail >= 0
                    && head + days + tail == (to - from).num_days() + 1
            );
            let monday = weeks.start.weekday().num_days_from_monday() == 0;
            assert!(
                if days > 0 { monday && head < 7 && tail < 7 } else { head < 13 && tail == 0 },
                "{from}..{to}: {weeks:?}"
            );
        }
    }

    #[test]
    fn turned_round_and_endless_periods_are_refused() {
        assert!(Period::new(day("2026-03-05"), day("2026-03-04")).is_err());
        assert!(Period::new(day("2000-01-01"), day("2026-03-04")).is_err());
    }
}
