//! What queries on orders give out.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{CustomerId, FulfilmentId, OrderId, PaymentId, RefundId, StoreId};
use domain::money::{Currency, Money};
use domain::orders::new_order::{Address, Details};
use domain::orders::refund::Parts;
use domain::orders::shares::Share;
use domain::orders::{FulfilmentStatus, ItemKind, OrderKind, OrderStatus, PaymentKind, PaymentStatus, Standing};
use serde::Deserialize;

use crate::entities::{fulfilment, order, order_item, payment, refund};
use crate::error::DataError;
use crate::stores::Store;

/// An order as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderRow {
    /// Its id.
    pub id: OrderId,
    /// Its store.
    pub store_id: StoreId,
    /// The slug of its store.
    pub store: String,
    /// Its number, unique in the store.
    pub number: String,
    /// Sale or return.
    pub kind: OrderKind,
    /// Whether it stands.
    pub status: OrderStatus,
    /// What became of the money.
    pub payment_status: PaymentStatus,
    /// What became of the goods.
    pub fulfilment_status: FulfilmentStatus,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// The day of that in the store's zone.
    pub local_day: NaiveDate,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// How many lines it has.
    pub item_count: i32,
    /// Minor units.
    pub total: i64,
    /// Minor units given back so far.
    pub refunded: i64,
    /// Who bought, when known.
    pub customer: Option<CustomerRow>,
}

impl OrderRow {
    /// The row of an order of one of `stores`.
    ///
    /// # Errors
    /// [`DataError::Corrupt`] when its currency is unknown.
    pub(crate) fn of(order: order::Model, stores: &[Store]) -> Result<Self, DataError> {
        let store = stores.iter().find(|store| store.id.0 == order.store_id);
        Ok(Self {
            id: order.id.into(),
            store_id: order.store_id.into(),
            store: store.map(|store| store.slug.clone()).unwrap_or_default(),
            kind: *order.kind,
            status: *order.status,
            payment_status: *order.payment_status,
            fulfilment_status: *order.fulfilment_status,
            placed_at: order.placed_at,
            local_day: order.local_day,
            currency: known("currency", &order.currency)?,
            item_count: order.item_count,
            total: order.total,
            refunded: order.refunded,
            number: order.number,
            // Whose order it is says the order itself, with a record of the customer or without.
            customer: Some(CustomerRow {
                id: order.customer_id.map(Into::into),
                email: order.customer_email,
                name: order.customer_name,
                phone: order.customer_phone,
                external_id: order.customer_external_id,
                country: order.customer_country,
            })
            .filter(|customer| *customer != CustomerRow::default()),
        })
    }

    /// `total` with its currency.
    pub const fn total(&self) -> Money {
        Money::new(self.total, self.currency)
    }
}

/// Who bought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerRow {
    /// The customer's id here.
    pub id: Option<CustomerId>,
    /// E-mail address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Id in the shop that sent the order.
    pub external_id: Option<String>,
    /// Country as the shop names it.
    pub country: Option<String>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRow {
    /// Position, from 1.
    pub position: i32,
    /// Stock-keeping unit.
    pub sku: Option<String>,
    /// What stands on the bill.
    pub title: String,
    /// What the line stands for.
    pub kind: ItemKind,
    /// Pieces.
    pub quantity: i64,
    /// Minor units a piece.
    pub unit_price: i64,
    /// What the line adds to the total, minor units.
    pub amount: i64,
    /// Its own discount and its share of the order's, minor units.
    pub discount: i64,
    /// Its tax, minor units; within the amount where prices include tax.
    pub tax: i64,
    /// Pieces given back.
    pub refunded_quantity: i64,
    /// Pieces sent.
    pub fulfilled_quantity: i64,
}

/// Money paid, reserved or given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRow {
    /// Its id.
    pub id: PaymentId,
    /// When.
    pub at: DateTime<Utc>,
    /// What it did.
    pub kind: PaymentKind,
    /// How it was paid, perhaps empty.
    pub method: String,
    /// Minor units.
    pub amount: i64,
    /// The payment provider's name of it, perhaps empty.
    pub reference: String,
}

/// Goods that were sent together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FulfilmentRow {
    /// Its id.
    pub id: FulfilmentId,
    /// When.
    pub at: DateTime<Utc>,
    /// Positions and pieces.
    pub lines: Vec<(i32, i64)>,
    /// Who carries them, perhaps empty.
    pub carrier: String,
    /// The carrier's number of the parcel, perhaps empty.
    pub tracking_number: String,
    /// Where the parcel can be followed, perhaps empty.
    pub tracking_url: String,
}

/// Money given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRow {
    /// Its id.
    pub id: RefundId,
    /// When.
    pub at: DateTime<Utc>,
    /// Minor units.
    pub amount: i64,
    /// The same, split by the figures that it lowers.
    pub parts: Parts,
    /// Positions and pieces; empty for an amount of one's own.
    pub lines: Vec<(i32, i64)>,
    /// Why, perhaps empty.
    pub reason: String,
    /// Number of the order.
    pub number: String,
    /// Slug of the store.
    pub store: String,
    /// Currency of the amount.
    pub currency: Currency,
}

impl ItemRow {
    /// The row of a line with what it bears.
    pub(super) fn of((item, share): (order_item::Model, Share)) -> Self {
        Self {
            position: item.position,
            sku: item.sku,
            title: item.title,
            kind: *item.kind,
            quantity: item.quantity,
            unit_price: item.unit_price,
            amount: item.amount,
            discount: share.discount,
            tax: share.tax,
            refunded_quantity: item.refunded_quantity,
            fulfilled_quantity: item.fulfilled_quantity.unwrap_or(0),
        }
    }
}

impl RefundRow {
    /// The row of a refund of `order`, in the store with this slug.
    ///
    /// # Errors
    /// [`DataError::Corrupt`] when its currency is unknown.
    pub(crate) fn of(refund: refund::Model, store: &str, order: &order::Model) -> Result<Self, DataError> {
        Ok(Self {
            id: refund.id.into(),
            at: refund.at,
            amount: refund.amount,
            parts: Parts {
                goods: refund.amount - refund.shipping - refund.tax - refund.fees,
                shipping: refund.shipping,
                tax: refund.tax,
                fees: refund.fees,
            },
            lines: refund.lines.map(lines).unwrap_or_default(),
            reason: refund.reason,
            number: order.number.clone(),
            store: store.to_owned(),
            currency: known("currency", &refund.currency)?,
        })
    }
}

impl From<payment::Model> for PaymentRow {
    fn from(payment: payment::Model) -> Self {
        Self {
            id: payment.id.into(),
            at: payment.at,
            kind: *payment.kind,
            method: payment.method,
            amount: payment.amount,
            reference: payment.reference,
        }
    }
}

impl From<fulfilment::Model> for FulfilmentRow {
    fn from(sent: fulfilment::Model) -> Self {
        Self {
            id: sent.id.into(),
            at: sent.at,
            lines: lines(sent.lines),
            carrier: sent.carrier,
            tracking_number: sent.tracking_number,
            tracking_url: sent.tracking_url,
        }
    }
}

// As they are stored with a fulfilment or refund.
fn lines(stored: serde_json::Value) -> Vec<(i32, i64)> {
    #[derive(Deserialize)]
    struct Line {
        position: i32,
        quantity: i64,
    }
    let lines: Vec<Line> = serde_json::from_value(stored).unwrap_or_default();
    lines.into_iter().map(|line| (line.position, line.quantity)).collect()
}

/// A text of a column as its type.
pub(super) fn known<T: FromStr>(column: &str, text: &str) -> Result<T, DataError> {
    text.parse().map_err(|_| DataError::Corrupt(format!("{column} is '{text}'")))
}

/// Something that happened to an order.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineRow {
    /// When.
    pub at: DateTime<Utc>,
    /// `placed`, `payment`, `fulfilled`, `refunded`, `cancelled`, `closed`, `reopened`, `held`, `released`, `edited` or `note`.
    pub kind: String,
    /// Who did it, in words: an e-mail address, "API key", "import".
    pub actor: String,
    /// More, by kind: `reason`, `amount`, `text`.
    pub details: serde_json::Value,
}

/// What an order says of itself beside its money.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFacts {
    /// Charged and captured, minor units.
    pub paid: i64,
    /// Whether prices contain their tax.
    pub prices_include_tax: bool,
    /// Counts its changes, from 1.
    pub version: i32,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// When it was cancelled.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// Why, perhaps empty.
    pub cancel_reason: Option<String>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Where it came from and where it goes.
    pub details: Details,
}

impl OrderFacts {
    pub(super) fn of(order: &order::Model) -> Self {
        let address = |stored: &Option<serde_json::Value>| -> Option<Address> {
            stored.clone().and_then(|stored| serde_json::from_value(stored).ok())
        };
        Self {
            paid: order.paid.unwrap_or(order.total),
            prices_include_tax: order.prices_include_tax,
            version: order.version,
            updated_at: order.updated_at,
            cancelled_at: order.cancelled_at,
            cancel_reason: order.cancel_reason.clone(),
            closed_at: order.closed_at,
            details: Details {
                external_id: order.external_id.clone(),
                source: order.source.clone(),
                source_updated_at: order.source_updated_at,
                customer_note: order.customer_note.clone(),
                shipping_address: address(&order.shipping_address),
                billing_address: address(&order.billing_address),
            },
        }
    }
}

/// An order with its money and its lines: everything but its history.
#[derive(Clone, Debug, PartialEq)]
pub struct FullOrder {
    /// The order.
    pub order: OrderRow,
    /// Product items, minor units.
    pub gross: i64,
    /// Reductions, positive.
    pub discounts: i64,
    /// Carriage.
    pub shipping: i64,
    /// Tax.
    pub tax: i64,
    /// Other charges.
    pub fees: i64,
    /// Words of the buyer or the shop.
    pub note: Option<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// What else it says.
    pub facts: OrderFacts,
    /// Its lines in order.
    pub items: Vec<ItemRow>,
}

/// One order with everything about it.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderDetail {
    /// The order.
    pub order: OrderRow,
    /// Product items, minor units.
    pub gross: i64,
    /// Reductions, positive.
    pub discounts: i64,
    /// Carriage.
    pub shipping: i64,
    /// Tax.
    pub tax: i64,
    /// Other charges.
    pub fees: i64,
    /// Words of the buyer or the shop.
    pub note: Option<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// What else it says.
    pub facts: OrderFacts,
    /// Where it stands, and what may happen next.
    pub standing: Standing,
    /// Its lines in order.
    pub items: Vec<ItemRow>,
    /// What was paid, oldest first. Empty for an order that was paid when it was placed.
    pub payments: Vec<PaymentRow>,
    /// What was sent, oldest first.
    pub fulfilments: Vec<FulfilmentRow>,
    /// Money given back, oldest first.
    pub refunds: Vec<RefundRow>,
    /// What happened, newest first.
    pub timeline: Vec<TimelineRow>,
    /// The store's time zone.
    pub zone: domain::calendar::Tz,
    /// Name of the store.
    pub store_name: String,
}
