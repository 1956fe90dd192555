//! What can be set for one store, with the type and the bounds of each value.

use chrono::{Datelike, Days, NaiveDate};
use serde_json::{Value, json};

use super::{Recipients, ReturnDay};
use crate::calendar::Tz;
use crate::fields::FieldErrors;
use crate::money::Currency;
use crate::period::Period;
use crate::summaries;

const LONGEST_NAME: usize = 100;

/// How a store's weeks and years run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StoreCalendar {
    /// The first day of a week, from 1 for Monday.
    pub week_start: u8,
    /// The month in which a financial year begins, from 1 for January.
    pub year_start: u8,
}

/// Everything that can be set for a store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoreSettings {
    /// Its name.
    pub name: String,
    /// The zone of its days. Fixed from the first order on.
    pub zone: Tz,
    /// What it sells in when nothing else is said.
    pub currency: Currency,
    /// Its weeks and years.
    pub calendar: StoreCalendar,
    /// The day on which its refunds count.
    pub returns_on: ReturnDay,
    /// The hour of its clock at which the daily summary is due.
    pub summary_hour: u8,
    /// Who is told of each new sale.
    pub orders: Recipients,
    /// Who gets the daily summary.
    pub summary: Recipients,
    /// Who is told of low stock.
    pub stock: Recipients,
}

impl Default for StoreCalendar {
    fn default() -> Self {
        Self { week_start: 1, year_start: 1 }
    }
}

impl StoreCalendar {
    /// The week of `today`, up to it.
    pub fn week(self, today: NaiveDate) -> Period {
        let behind = (today.weekday().number_from_monday() + 7 - u32::from(self.week_start)) % 7;
        let from = today.checked_sub_days(Days::new(behind.into())).unwrap_or(today);
        Period { from, to: today }
    }

    /// The financial year of `today`, up to it.
    pub fn year(self, today: NaiveDate) -> Period {
        let month = u32::from(self.year_start);
        let year = if today.month() < month { today.year() - 1 } else { today.year() };
        Period { from: NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(today), to: today }
    }
}

impl StoreSettings {
    /// These settings as a form with `pairs` would have them, and every fault of it. A field that is not there stays as it is.
    #[must_use]
    pub fn changed<'a>(&self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, FieldErrors) {
        let (mut settings, mut faults) = (self.clone(), FieldErrors::default());
        for (name, value) in pairs.into_iter().map(|(n, v)| (n, v.trim())) {
            if let Err(message) = settings.set(name, value) {
                faults.add(name, message);
            }
        }
        (settings, faults)
    }

    /// As the record of changes shows them: how many recipients, not who, because it is read by more people than addresses
    /// are meant for.
    pub fn recorded(&self) -> Value {
        json!({
            "name": self.name, "time_zone": self.zone.name(), "currency": self.currency.code(),
            "week_start": self.calendar.week_start, "year_start": self.calendar.year_start,
            "returns_on": self.returns_on.as_str(), "summary_hour": self.summary_hour,
            "orders.notify": self.orders.addresses().len(), "summary.daily": self.summary.addresses().len(),
            "stock.alerts": self.stock.addresses().len(),
        })
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "name" => self.name = named(value)?,
            "time_zone" => self.zone = value.parse().map_err(|_| "Enter an IANA time zone such as Europe/London.")?,
            "currency" => {
                self.currency =
                    value.to_uppercase().parse().map_err(|e: crate::money::UnknownCurrency| e.to_string())?
            }
            "week_start" => self.calendar.week_start = number(value, 1, 7)?,
            "year_start" => self.calendar.year_start = number(value, 1, 12)?,
            "returns_on" => self.returns_on = value.parse()?,
            "summary_hour" => self.summary_hour = number(value, 0, summaries::LAST_HOUR)?,
            "orders" => self.orders = Recipients::parse(value)?,
            "summary" => self.summary = Recipients::parse(value)?,
            "stock" => self.stock = Recipients::parse(value)?,
            _ => {}
        }
        Ok(())
    }
}

fn named(value: &str) -> Result<String, String> {
    if value.is_empty() {
        return Err("Enter a name.".to_owned());
    }
    let is_good = value.chars().count() <= LONGEST_NAME && !value.contains(char::is_control);
    is_good.then(|| value.to_owned()).ok_or_else(|| format!("Use at most {LONGEST_NAME} printable characters."))
}

fn number(value: &str, least: u8, most: u8) -> Result<u8, String> {
    let found = value.parse().ok().filter(|n| (least..=most).contains(n));
    found.ok_or_else(|| format!("Enter a number from {least} to {most}."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn settings() -> StoreSettings {
        StoreSettings {
            name: "North".into(),
            zone: Tz::Europe__London,
            currency: "GBP".parse().unwrap(),
            calendar: StoreCalendar::default(),
            returns_on: ReturnDay::default(),
            summary_hour: 7,
            orders: Recipients::default(),
            summary: Recipients::default(),
            stock: Recipients::default(),
        }
    }

    #[test]
    fn a_form_changes_what_it_names_and_every_fault_is_told() {
        let form = [
            ("name", " South "),
            ("currency", "eur"),
            ("week_start", "7"),
            ("returns_on", "order"),
            ("orders", "a@b.test"),
            ("x", "y"),
        ];
        let (changed, faults) = settings().changed(form);
        assert!(faults.is_empty(), "{faults}");
        assert_eq!((changed.name.as_str(), changed.currency.code(), changed.calendar.week_start), ("South", "EUR", 7));
        assert_eq!((changed.orders.addresses().len(), changed.zone), (1, Tz::Europe__London));
        assert_eq!(changed.returns_on, ReturnDay::Order);
        assert_eq!(
            (&settings().recorded()["returns_on"], &changed.recorded()["returns_on"]),
            (&json!("return"), &json!("order"))
        );
        let bad = [
            ("name", ""),
            ("time_zone", "Mars/Base"),
            ("currency", "XXXX"),
            ("week_start", "0"),
            ("year_start", "13"),
            ("returns_on", "never"),
            ("summary_hour", "24"),
            ("orders", "nobody"),
        ];
        let (kept, faults) = settings().changed(bad);
        assert_eq!(faults.0.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), bad.map(|(name, _)| name));
        assert_eq!(kept, settings());
    }

    #[test]
    fn weeks_and_years_begin_where_the_store_says() {
        let calendar = StoreCalendar { week_start: 7, year_start: 4 };
        // A Wednesday in March, and a Sunday.
        assert_eq!(calendar.week(day("2026-03-04")).from, day("2026-03-01"));
        assert_eq!(calendar.week(day("2026-03-01")).from, day("2026-03-01"));
        assert_eq!(StoreCalendar::default().week(day("2026-03-01")).from, day("2026-02-23"));
        assert_eq!(calendar.year(day("2026-03-31")).from, day("2025-04-01"));
        assert_eq!(calendar.year(day("2026-04-01")).from, day("2026-04-01"));
    }

    proptest! {
        #[test]
        fn today_is_in_its_week_and_its_year(days in 0_u64..40_000, week_start in 1_u8..=7, year_start in 1_u8..=12) {
            let today = day("1990-01-01").checked_add_days(Days::new(days)).unwrap();
            let calendar = StoreCalendar { week_start, year_start };
            let (week, year) = (calendar.week(today), calendar.year(today));
            prop_assert!(week.from <= today && week.days() <= 7 && u32::from(week_start) == week.from.weekday().number_from_monday());
            prop_assert!(year.from <= today && year.days() <= 366 && u32::from(year_start) == year.from.month());
        }
    }
}
