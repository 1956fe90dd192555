//! The fields of an order as WooCommerce sends it. Amounts are texts of decimals, read exactly; what is null or empty was not told.

use chrono::{DateTime, Utc};
use domain::calendar::local_to_utc;
use domain::fields::FieldErrors;
use domain::json;
use domain::money::{self, Currency, Mark, Money, Notation};
use domain::text;
use domain::written_time::{DayOrder, WrittenTime, read};
use serde_json::{Map, Value};

use crate::imports::formats::Context;
use crate::imports::formats::text::{shown, word};

/// What is said of a field that must be there.
pub const MISSING: &str = "This field is missing.";
const NOTATION: Notation = Notation::Decimals(Mark::Point);

/// One object of an order.
pub struct Told<'a> {
    object: &'a Map<String, Value>,
    /// Where it stands in the order; empty for the order.
    pub place: String,
}

impl<'a> Told<'a> {
    /// The order itself, if it is an object.
    pub fn of(body: &'a Value) -> Option<Self> {
        body.as_object().map(|object| Self { object, place: String::new() })
    }

    /// A text, or a number as text, without spaces around it.
    pub fn text(&self, name: &str) -> Option<String> {
        let text = match self.object.get(name)? {
            Value::String(text) => text::trim(text).to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// A text of one line that may be stored as it is; perhaps empty.
    pub fn word(&self, name: &str) -> String {
        self.text(name).as_deref().map(word).unwrap_or_default()
    }

    /// An object in it.
    pub fn inner(&self, name: &str) -> Option<Self> {
        let object = self.object.get(name)?.as_object()?;
        Some(Self { object, place: self.field(name) })
    }

    /// The objects of a list in it.
    pub fn list(&self, name: &str) -> Vec<Self> {
        let values = self.object.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let one = |(i, value): (usize, &'a Value)| {
            value.as_object().map(|object| Self { object, place: format!("{}[{i}]", self.field(name)) })
        };
        values.iter().enumerate().filter_map(one).collect()
    }

    /// Any value in it.
    pub fn value(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// Where a field of it stands.
    pub fn field(&self, name: &str) -> String {
        if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) }
    }
}

/// An order that is being read.
pub struct Reading<'a> {
    context: &'a Context,
    /// The order's currency.
    pub currency: Currency,
    /// What is wrong with it.
    pub errors: FieldErrors,
    /// What was adjusted.
    pub notes: FieldErrors,
}

impl<'a> Reading<'a> {
    /// Nothing was read yet.
    pub fn new(context: &'a Context) -> Self {
        Self { context, currency: context.currency, errors: FieldErrors::default(), notes: FieldErrors::default() }
    }

    /// Learns the currency; the store's when none is told.
    pub fn read_currency(&mut self, told: &Told<'_>) {
        let Some(code) = told.text("currency") else { return };
        match code.parse() {
            Ok(currency) => self.currency = currency,
            Err(error) => self.errors.add("currency", format!("{error} Found {}.", shown(&code))),
        }
    }

    /// An amount in minor units, if it is told.
    pub fn some_amount(&mut self, told: &Told<'_>, name: &str) -> Option<i64> {
        let read = match told.value(name)? {
            Value::String(text) if text::trim(text).is_empty() => return None,
            Value::String(text) => {
                Money::rounded(text, self.currency, NOTATION).map_err(|fault| format!("{fault} Found {}.", shown(text)))
            }
            Value::Number(number) if !number.is_f64() => Money::rounded(&number.to_string(), self.currency, NOTATION)
                .map_err(|fault| format!("{fault} Found {number}.")),
            _ => Err("Write amounts as text, such as \"12.50\".".to_owned()),
        };
        match read {
            Ok(money) => Some(money.minor),
            Err(words) => {
                self.errors.add(told.field(name), words);
                None
            }
        }
    }

    /// An amount in minor units, 0 when none is told.
    pub fn amount(&mut self, told: &Told<'_>, name: &str) -> i64 {
        self.some_amount(told, name).unwrap_or(0)
    }

    /// An amount that must be told.
    pub fn required_amount(&mut self, told: &Told<'_>, name: &str) -> i64 {
        if told.text(name).is_none() {
            self.errors.add(told.field(name), MISSING);
        }
        self.amount(told, name)
    }

    /// How many pieces.
    pub fn quantity(&mut self, told: &Told<'_>) -> i64 {
        let read = match told.value("quantity") {
            Some(Value::String(text)) => money::whole(text, NOTATION).ok(),
            Some(value) => json::integer(value),
            None => Some(1),
        };
        read.unwrap_or_else(|| {
            let found = told.text("quantity").unwrap_or_default();
            self.errors.add(told.field("quantity"), format!("Enter a whole number. Found {}.", shown(&found)));
            1
        })
    }

    /// The time in `<name>_gmt`, which is UTC without saying so, or else in `<name>`, which is in the store's zone.
    pub fn time(&mut self, told: &Told<'_>, name: &str) -> Option<DateTime<Utc>> {
        let gmt = format!("{name}_gmt");
        let (name, text, is_utc) = match told.text(&gmt) {
            Some(text) => (gmt.as_str(), text, true),
            None => (name, told.text(name)?, false),
        };
        match read(&text, DayOrder::ANY) {
            Ok(WrittenTime::Instant(at)) => Some(at),
            Ok(WrittenTime::Local(local)) if is_utc => Some(local.and_utc()),
            Ok(WrittenTime::Local(local)) => Some(local_to_utc(local, self.context.zone)),
            Err(_) => {
                let words = format!("Enter a time such as 2026-05-01T08:00:00. Found {}.", shown(&text));
                self.errors.add(told.field(name), words);
                None
            }
        }
    }

    /// The same of a time that must be told.
    pub fn required_time(&mut self, told: &Told<'_>, name: &str) -> DateTime<Utc> {
        if told.text(&format!("{name}_gmt")).or_else(|| told.text(name)).is_none() {
            self.errors.add(told.field(&format!("{name}_gmt")), MISSING);
        }
        self.time(told, name).unwrap_or(DateTime::UNIX_EPOCH)
    }
}
