//! What queries on orders give out.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{CustomerId, OrderId, RefundId, StoreId};
use domain::money::{Currency, Money};
use domain::orders::{FulfilmentStatus, ItemKind, OrderKind, OrderStatus, PaymentStatus};

use crate::entities::{order, order_item, refund};
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
            customer: order.customer_id.map(|id| CustomerRow {
                id: Some(id.into()),
                email: order.customer_email,
                name: order.customer_name,
                phone: order.customer_phone,
                external_id: order.customer_external_id,
                country: order.customer_country,
            }),
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
    /// Pieces given back.
    pub refunded_quantity: i64,
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
    /// Why, perhaps empty.
    pub reason: String,
    /// Number of the order.
    pub number: String,
    /// Slug of the store.
    pub store: String,
    /// Currency of the amount.
    pub currency: Currency,
}

impl From<order_item::Model> for ItemRow {
    fn from(item: order_item::Model) -> Self {
        Self {
            position: item.position,
            sku: item.sku,
            title: item.title,
            kind: *item.kind,
            quantity: item.quantity,
            unit_price: item.unit_price,
            amount: item.amount,
            refunded_quantity: item.refunded_quantity,
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
            reason: refund.reason,
            number: order.number.clone(),
            store: store.to_owned(),
            currency: known("currency", &refund.currency)?,
        })
    }
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
    /// `placed`, `cancelled` or `refunded`.
    pub kind: String,
    /// Who did it, in words: an e-mail address, "API key", "import".
    pub actor: String,
    /// More, by kind: `reason`, `amount`.
    pub details: serde_json::Value,
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
    /// Its lines in order.
    pub items: Vec<ItemRow>,
    /// Money given back, oldest first.
    pub refunds: Vec<RefundRow>,
    /// What happened, newest first.
    pub timeline: Vec<TimelineRow>,
    /// The store's time zone.
    pub zone: domain::calendar::Tz,
    /// Name of the store.
    pub store_name: String,
}
