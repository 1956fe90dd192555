//! The filters of an order list: read from a query string, checked, and printed back to one.

use chrono::NaiveDate;

use super::any_of::AnyOf;
use super::status::{FulfilmentStatus, OrderKind, OrderStatus, PaymentStatus};
use crate::fields::{FieldErrors, UNKNOWN};
use crate::ids::ProductId;
use crate::json;
use crate::money::{Currency, Decimal, Notation};
use crate::numbers::NumberFormat;
use crate::page::{Limit, Place, Seal, Sort};
use crate::period::Period;

/// Greatest magnitude of an amount to filter by: the greatest number that every reader of JSON holds exactly.
pub const MAX_FILTER_AMOUNT: i64 = (1 << 53) - 1;

/// What to list. The default is everything, newest first, 50 a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrderQuery {
    /// Slug of one store.
    pub store: Option<String>,
    /// Where in their life.
    pub status: AnyOf<OrderStatus>,
    /// What became of the money: one of these.
    pub payment: AnyOf<PaymentStatus>,
    /// What became of the goods: one of these.
    pub fulfilment: AnyOf<FulfilmentStatus>,
    /// Sales or returns.
    pub kind: Option<OrderKind>,
    /// Number, e-mail, external id or SKU.
    pub q: Option<String>,
    /// Of which a line is of this product.
    pub product: Option<ProductId>,
    /// First local day of the store.
    pub from: Option<NaiveDate>,
    /// Last local day of the store.
    pub to: Option<NaiveDate>,
    /// Least total.
    pub min: Option<Bound>,
    /// Greatest total.
    pub max: Option<Bound>,
    /// Which come first.
    pub sort: Sort,
    /// Where the page begins.
    pub cursor: Option<Place>,
    /// Rows a page.
    pub limit: Limit,
}

/// A limit of totals. Orders have different currencies; each total is compared in its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bound {
    /// Minor units, whatever the currency.
    Minor(i64),
    /// Whole units, whatever the currency: 1000 are 1,000 pounds, 1,000 yen and 1,000 dinars.
    Major(Decimal),
}

impl Bound {
    /// The least total that is as much, in minor units of a currency with `decimals`.
    pub fn at_least(self, decimals: u32) -> i64 {
        match self {
            Self::Minor(minor) => minor,
            Self::Major(amount) => amount.at_least(decimals),
        }
    }

    /// The greatest total that is as much, in minor units of a currency with `decimals`.
    pub fn at_most(self, decimals: u32) -> i64 {
        match self {
            Self::Minor(minor) => minor,
            Self::Major(amount) => amount.at_most(decimals),
        }
    }
}

/// How amounts are written in a query string.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AmountsIn {
    /// Integers of minor units: the API.
    Minor,
    /// Decimals of the major unit, `12.50`: addresses of pages.
    Major,
    /// The same as people type it, who see numbers in this format, with at most as many decimals as the currencies of the
    /// stores have. Addresses are understood as well.
    Typed(NumberFormat, u32),
}

impl OrderQuery {
    /// Reads `pairs` of a query string; empty values mean "not filtered".
    ///
    /// # Errors
    /// Every value that cannot be understood, and every name that is none, by its name.
    pub fn parse<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        amounts: AmountsIn,
        seal: &Seal,
    ) -> Result<Self, FieldErrors> {
        let (query, errors) = Self::understood(pairs, amounts, seal);
        errors.into_result(query)
    }

    /// What can be understood of `pairs`, and every fault of the rest. Days that do not go together are both left out.
    pub fn understood<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        amounts: AmountsIn,
        seal: &Seal,
    ) -> (Self, FieldErrors) {
        let mut query = Self::default();
        let mut errors = FieldErrors::of_pairs(pairs, |name, value| query.set(name, value, amounts, seal));
        if let (Some(from), Some(to)) = (query.from, query.to)
            && let Err(message) = Period::new(from, to)
        {
            errors.add("to", message);
            errors.add("from", NO_PERIOD);
            (query.from, query.to) = (None, None);
        }
        (query, errors)
    }

    /// The filters as pairs of a query string, cursor and limit included, in a fixed order.
    pub fn pairs(&self, amounts: AmountsIn) -> Vec<(&'static str, String)> {
        let amount = |bound: Bound| match (bound, amounts) {
            (Bound::Minor(minor), _) => minor.to_string(),
            (Bound::Major(amount), AmountsIn::Typed(format, _)) => amount.typed(format),
            (Bound::Major(amount), _) => amount.plain(),
        };
        let sort = (self.sort != Sort::default()).then(|| self.sort.as_str().to_owned());
        let limit = (self.limit != Limit::default()).then(|| self.limit.rows().to_string());
        [
            ("store", self.store.clone()),
            ("status", self.status.text()),
            ("payment", self.payment.text()),
            ("fulfilment", self.fulfilment.text()),
            ("kind", self.kind.map(|v| v.to_string())),
            ("q", self.q.clone()),
            ("product", self.product.map(|id| id.to_string())),
            ("from", self.from.map(|d| d.to_string())),
            ("to", self.to.map(|d| d.to_string())),
            ("min", self.min.map(amount)),
            ("max", self.max.map(amount)),
            ("sort", sort),
            ("cursor", self.cursor.map(|place| place.text().to_owned())),
            ("limit", limit),
        ]
        .into_iter()
        .filter_map(|(name, value)| value.map(|v| (name, v)))
        .collect()
    }

    /// Whether anything but the page itself is chosen.
    pub fn is_filtered(&self) -> bool {
        let everything = Self { sort: self.sort, cursor: self.cursor, limit: self.limit, ..Self::default() };
        *self != everything
    }

    /// The same filters, from the beginning and as many rows a page as usual: all that sums depend on.
    pub fn whole(&self) -> Self {
        Self { sort: Sort::default(), limit: Limit::default(), ..self.at(None) }
    }

    /// The same list from its other end.
    pub fn turned(&self) -> Self {
        let sort = if self.sort == Sort::Newest { Sort::Oldest } else { Sort::Newest };
        Self { sort, ..self.at(None) }
    }

    /// The same filters, from `cursor` on.
    pub fn at(&self, cursor: Option<Place>) -> Self {
        Self { cursor, ..self.clone() }
    }

    /// The same filters without the one called `name`, from the first page.
    pub fn without(&self, name: &str) -> Self {
        let mut query = self.at(None);
        match name {
            "store" => query.store = None,
            "status" => query.status = AnyOf::default(),
            "payment" => query.payment = AnyOf::default(),
            "fulfilment" => query.fulfilment = AnyOf::default(),
            "kind" => query.kind = None,
            "q" => query.q = None,
            "product" => query.product = None,
            "from" => query.from = None,
            "to" => query.to = None,
            "min" => query.min = None,
            "max" => query.max = None,
            _ => {}
        }
        query
    }

    fn set(&mut self, name: &str, value: &str, amounts: AmountsIn, seal: &Seal) -> Result<(), String> {
        match name {
            "store" => self.store = Some(value.to_owned()),
            "status" => self.status = value.parse()?,
            "payment" => self.payment = value.parse()?,
            "fulfilment" => self.fulfilment = value.parse()?,
            "kind" => self.kind = Some(value.parse()?),
            "q" => self.q = Some(search_text(value)?),
            "product" => self.product = Some(value.parse().map_err(|_| "Use the ID of a product.")?),
            "from" => self.from = Some(day(value)?),
            "to" => self.to = Some(day(value)?),
            "min" => self.min = Some(amount(value, amounts)?),
            "max" => self.max = Some(amount(value, amounts)?),
            "sort" => self.sort = value.parse()?,
            "cursor" => self.cursor = Some(seal.open(value)?),
            "limit" => self.limit = Limit::new(whole(value).ok_or("Enter a whole number.")?)?,
            _ => return Err(UNKNOWN.into()),
        }
        Ok(())
    }
}

/// What is said of a first day that does not go with the last.
pub const NO_PERIOD: &str = "Enter an end date.";

/// Reads a day, `2026-03-01`, between the years 1990 and 2200.
///
/// # Errors
/// Words for the field.
pub fn day(text: &str) -> Result<NaiveDate, String> {
    use chrono::Datelike;
    let parsed: Option<NaiveDate> = text.parse().ok();
    parsed.filter(|d| (1990..2200).contains(&d.year())).ok_or_else(|| "Enter a date such as 2026-03-01.".into())
}

fn search_text(text: &str) -> Result<String, String> {
    if text.chars().count() > 200 { Err("Use at most 200 characters.".into()) } else { Ok(text.to_owned()) }
}

fn amount(text: &str, amounts: AmountsIn) -> Result<Bound, String> {
    let (format, decimals) = match amounts {
        AmountsIn::Minor => {
            let minor = json::integer_in(text).ok_or("Use a whole number of minor units.")?;
            return if minor.saturating_abs() > MAX_FILTER_AMOUNT {
                Err("This value is too large.".into())
            } else {
                Ok(Bound::Minor(minor))
            };
        }
        AmountsIn::Major => (NumberFormat::default(), Currency::MAX_DECIMALS),
        AmountsIn::Typed(format, decimals) => (format, decimals),
    };
    let read = Decimal::read(text, decimals, Notation::Typed(format)).map_err(|fault| fault.to_string())?;
    let fits = read.at_least(decimals).saturating_abs() <= MAX_FILTER_AMOUNT;
    if fits { Ok(Bound::Major(read)) } else { Err("This value is too large.".into()) }
}

fn whole(text: &str) -> Option<u64> {
    json::integer_in(text).and_then(|number| u64::try_from(number).ok())
}

#[cfg(test)]
mod tests;
