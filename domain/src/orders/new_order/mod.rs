//! An order as it arrives, from the API or from a file: a [`Draft`] holds what was said, a
//! [`NewOrder`] what was found good. Every way in goes through [`Draft::check`], which tidies what is not essential first.

mod check;
mod clean;
mod contained;
mod details;
mod history;
mod json;

pub use details::{Address, Details};
pub use history::{Cancelled, History, MAX_EVENTS, NewFulfilment, NewPayment, NewRefund};

pub use crate::email::looks_like as looks_like_email;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::shares::Share;
use super::standing::Standing;
use super::status::{ItemKind, OrderKind};
use crate::fields::{FieldError, FieldErrors};
use crate::money::Currency;

/// Most items in one order.
pub const MAX_ITEMS: usize = 5_000;
/// Most labels of one order.
pub const MAX_TAGS: usize = 50;
/// Longest note, in characters.
pub const MAX_NOTE: usize = 5_000;

/// An order as somebody described it; nothing about it was checked yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Its number, unique in its store.
    pub number: String,
    /// Sale or return.
    pub kind: OrderKind,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// The currency of every amount in it.
    pub currency: Currency,
    /// Who bought, when known.
    pub customer: Option<NewCustomer>,
    /// Its lines in order.
    pub items: Vec<NewItem>,
    /// Reduction on the whole order, minor units, positive on sales.
    pub discount: i64,
    /// Carriage, minor units.
    pub shipping: i64,
    /// All tax, that of lines included, minor units.
    pub tax: i64,
    /// Whether prices, shipping and fees contain their tax, so that it adds nothing to the total.
    pub prices_include_tax: bool,
    /// Words of the buyer or the shop.
    pub note: Option<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// Where it came from and where it goes.
    pub details: Details,
    /// What had happened to it by the time it arrived.
    pub history: History,
}

/// An order that may be stored: made only by [`Draft::check`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NewOrder {
    number: String,
    kind: OrderKind,
    placed_at: DateTime<Utc>,
    currency: Currency,
    customer: Option<NewCustomer>,
    items: Vec<NewItem>,
    discount: i64,
    shipping: i64,
    tax: i64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    prices_include_tax: bool,
    note: Option<String>,
    tags: Vec<String>,
    #[serde(flatten)]
    details: Details,
    #[serde(skip_serializing_if = "History::is_empty")]
    history: History,
    #[serde(skip)]
    shares: Vec<Share>,
    #[serde(skip)]
    standing: Standing,
    #[serde(skip)]
    resolved: history::Resolved,
    #[serde(skip)]
    adjusted: FieldErrors,
}

/// Who bought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct NewCustomer {
    /// E-mail address.
    pub email: Option<String>,
    /// Name of the person or company.
    pub name: Option<String>,
    /// Telephone number as written.
    pub phone: Option<String>,
    /// The customer's id in the shop that sent the order.
    pub external_id: Option<String>,
    /// Country as the shop names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewItem {
    /// Stock-keeping unit; lines without one belong to no variant.
    pub sku: Option<String>,
    /// What stands on the bill.
    pub title: String,
    /// What the line stands for.
    pub kind: ItemKind,
    /// Pieces; negative on returns.
    pub quantity: i64,
    /// Minor units a piece.
    pub unit_price: i64,
    /// Reduction on this line alone, minor units, positive on sales.
    #[serde(skip_serializing_if = "is_zero")]
    pub discount: i64,
    /// Tax on this line, minor units, when it was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax: Option<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

impl Default for NewItem {
    /// A product of no name, no pieces and no price: what is left out where a line is made.
    fn default() -> Self {
        Self {
            sku: None,
            title: String::new(),
            kind: ItemKind::Product,
            quantity: 0,
            unit_price: 0,
            discount: 0,
            tax: None,
        }
    }
}

impl NewItem {
    /// What the line adds to the order's total before its discount, in minor units. Discounts always reduce it,
    /// whichever sign they were sent with.
    pub fn amount(&self) -> i64 {
        let amount = self.quantity.saturating_mul(self.unit_price);
        if self.kind == ItemKind::Discount { -amount.saturating_abs() } else { amount }
    }
}

/// The parts of an order's total, minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Product items, without the tax that their prices contain.
    pub gross: i64,
    /// The order's discount, those of its lines and its discount items; reduces the total.
    pub discounts: i64,
    /// The order's shipping and its shipping items, without the tax that they contain.
    pub shipping: i64,
    /// Tax, whether prices contain it or not.
    pub tax: i64,
    /// Fee items, without the tax that they contain.
    pub fees: i64,
}

impl Amounts {
    /// Sum of the items - discounts + shipping, and tax where prices do not contain it.
    pub const fn total(&self) -> i64 {
        self.gross - self.discounts + self.shipping + self.tax + self.fees
    }
}

impl Draft {
    /// An order of nothing, to be filled in.
    pub fn new(number: impl Into<String>, kind: OrderKind, placed_at: DateTime<Utc>, currency: Currency) -> Self {
        Self {
            number: number.into(),
            kind,
            placed_at,
            currency,
            customer: None,
            items: Vec::new(),
            discount: 0,
            shipping: 0,
            tax: 0,
            prices_include_tax: false,
            note: None,
            tags: Vec::new(),
            details: Details::default(),
            history: History::default(),
        }
    }
}

impl NewOrder {
    /// Its number, unique in its store.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// Sale or return.
    pub const fn kind(&self) -> OrderKind {
        self.kind
    }

    /// When it was placed, to the microsecond.
    pub const fn placed_at(&self) -> DateTime<Utc> {
        self.placed_at
    }

    /// The currency of every amount in it.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// Who bought, when known.
    pub const fn customer(&self) -> Option<&NewCustomer> {
        self.customer.as_ref()
    }

    /// Its lines in order.
    pub fn items(&self) -> &[NewItem] {
        &self.items
    }

    /// Words of the buyer or the shop.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Labels.
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// What was tidied as it arrived, by field: what was cut, taken out or left out.
    pub fn adjusted(&self) -> &[FieldError] {
        &self.adjusted.0
    }

    /// The parts of its total.
    pub const fn amounts(&self) -> &Amounts {
        &self.standing.amounts
    }

    /// Whether its prices contain their tax.
    pub const fn prices_include_tax(&self) -> bool {
        self.prices_include_tax
    }

    /// What each line bears of discounts and tax, in the order of the lines.
    pub fn shares(&self) -> &[Share] {
        &self.shares
    }

    /// Its lines with what each bears of discounts and tax.
    pub fn shared_items(&self) -> impl Iterator<Item = (&NewItem, Share)> {
        self.items.iter().zip(self.shares.iter().copied())
    }

    /// Where it came from and where it goes.
    pub const fn details(&self) -> &Details {
        &self.details
    }
}

#[cfg(test)]
mod tests;
