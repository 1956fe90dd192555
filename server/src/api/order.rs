//! An order as the API writes it: the same whether it was just stored, listed or asked for by its id.

use chrono::{DateTime, SecondsFormat, Utc};
use db::orders::{CustomerRow, FullOrder, ItemRow, OrderDetail, RefundRow, TimelineRow};
use domain::ids::OrderId;
use domain::orders::{FulfilmentStatus, ItemKind, NewCustomer, NewOrder, OrderKind, OrderStatus, PaymentStatus};
use serde::Serialize;
use utoipa::ToSchema;

use super::problems::FaultBody;
use super::schema;

/// An order.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Order, example = super::schema::order_example)]
pub struct OrderJson {
    /// The ID of the order in Stoa.
    #[schema(value_type = uuid::Uuid)]
    pub id: OrderId,
    /// Slug of its store.
    pub store: String,
    /// Its number, unique in its store.
    pub number: String,
    /// `sale`, or `return` for a credit note with negative quantities and amounts.
    #[schema(schema_with = schema::order_kind)]
    pub kind: OrderKind,
    /// `open` or `cancelled`. Cancelled orders count in no figure.
    #[schema(schema_with = schema::order_status)]
    pub status: OrderStatus,
    /// The payment status.
    #[schema(schema_with = schema::payment_status)]
    pub payment_status: PaymentStatus,
    /// The fulfilment status.
    #[schema(schema_with = schema::fulfilment_status)]
    pub fulfilment_status: FulfilmentStatus,
    /// Time of the order: RFC 3339, UTC.
    #[schema(value_type = DateTime<Utc>)]
    pub placed_at: Time,
    /// ISO 4217 code of the currency of all amounts in the order.
    pub currency: String,
    /// The items, in order.
    pub items: Vec<ItemJson>,
    /// The customer, if known.
    pub customer: Option<CustomerJson>,
    /// Total of the product items, minor units.
    pub gross: i64,
    /// The order's discount and its discount items, minor units; positive on sales.
    pub discounts: i64,
    /// The order's shipping and its shipping items, minor units.
    pub shipping: i64,
    /// Tax, minor units.
    pub tax: i64,
    /// Fee items, minor units.
    pub fees: i64,
    /// `gross - discounts + shipping + tax + fees`, minor units.
    pub total: i64,
    /// Amount refunded so far, minor units.
    pub refunded: i64,
    /// Note of the customer or the shop.
    pub note: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// What was shortened, cleaned or left out. Only in the response that stored the order, and only if there is
    /// something.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub adjusted: Vec<FaultBody>,
}

/// An order with its history.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = OrderWithHistory)]
pub struct OrderDetailJson {
    /// The order.
    #[serde(flatten)]
    pub order: OrderJson,
    /// Refunds, oldest first.
    pub refunds: Vec<RefundJson>,
    /// Timeline, newest first.
    pub timeline: Vec<TimelineJson>,
}

/// One item of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OrderItem)]
pub struct ItemJson {
    /// Position in the order, from 1.
    pub position: i32,
    /// Stock-keeping unit, if given.
    pub sku: Option<String>,
    /// Title of the item.
    pub title: String,
    /// The kind of the item.
    #[schema(schema_with = schema::item_kind)]
    pub kind: ItemKind,
    /// Quantity. Negative on returns.
    pub quantity: i64,
    /// Unit price, minor units.
    pub unit_price: i64,
    /// Amount that the item adds to the total, minor units. Negative for discounts.
    pub amount: i64,
    /// Refunded quantity.
    pub refunded_quantity: i64,
}

/// A customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Customer)]
pub struct CustomerJson {
    /// Email.
    pub email: Option<String>,
    /// Name of the person or company.
    pub name: Option<String>,
    /// Phone number as sent.
    pub phone: Option<String>,
    /// The ID of the customer in the shop that sent the order.
    pub external_id: Option<String>,
    /// Country as sent.
    pub country: Option<String>,
}

/// A refund of a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Refund)]
pub struct RefundJson {
    /// The ID of the refund.
    pub id: uuid::Uuid,
    /// Time of the record. The store settings decide whether it counts on this day or on that of the order.
    #[schema(value_type = DateTime<Utc>)]
    pub at: Time,
    /// Amount, minor units of the currency of the order.
    pub amount: i64,
    /// Reason. May be empty.
    pub reason: String,
}

/// An entry of the timeline.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = TimelineEntry)]
pub struct TimelineJson {
    /// Time.
    #[schema(value_type = DateTime<Utc>)]
    pub at: Time,
    /// `placed`, `cancelled` or `refunded`.
    pub kind: String,
    /// Who made the change.
    pub actor: String,
    /// Details, by kind: `reason`, `amount`.
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
}

/// A time as every answer writes it: UTC, with fractions only where there are any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time(pub DateTime<Utc>);

impl Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl OrderJson {
    /// An order that was stored a moment ago, with its `customer` as sent.
    pub fn stored(id: OrderId, store: &str, order: &NewOrder, customer: Option<CustomerJson>) -> Self {
        let amounts = order.amounts();
        let items = (1..).zip(order.items()).map(|(position, item)| ItemJson {
            position,
            sku: item.sku.clone(),
            title: item.title.clone(),
            kind: item.kind,
            quantity: item.quantity,
            unit_price: item.unit_price,
            amount: item.amount(),
            refunded_quantity: 0,
        });
        Self {
            id,
            store: store.to_owned(),
            number: order.number().to_owned(),
            kind: order.kind(),
            status: OrderStatus::Open,
            payment_status: PaymentStatus::Paid,
            fulfilment_status: FulfilmentStatus::Unfulfilled,
            placed_at: Time(order.placed_at()),
            currency: order.currency().to_string(),
            items: items.collect(),
            customer,
            gross: amounts.gross,
            discounts: amounts.discounts,
            shipping: amounts.shipping,
            tax: amounts.tax,
            fees: amounts.fees,
            total: amounts.total(),
            refunded: 0,
            note: order.note().map(str::to_owned),
            tags: order.tags().to_vec(),
            adjusted: order.adjusted().iter().cloned().map(FaultBody::from).collect(),
        }
    }
}

impl From<OrderDetail> for OrderDetailJson {
    fn from(detail: OrderDetail) -> Self {
        let refunds = detail.refunds.iter().map(RefundJson::from).collect();
        let timeline = detail.timeline.iter().map(TimelineJson::from).collect();
        Self { refunds, timeline, order: detail.into() }
    }
}

impl From<OrderDetail> for OrderJson {
    fn from(detail: OrderDetail) -> Self {
        Self::from(FullOrder {
            order: detail.order,
            gross: detail.gross,
            discounts: detail.discounts,
            shipping: detail.shipping,
            tax: detail.tax,
            fees: detail.fees,
            note: detail.note,
            tags: detail.tags,
            items: detail.items,
        })
    }
}

impl From<FullOrder> for OrderJson {
    fn from(full: FullOrder) -> Self {
        let order = full.order;
        Self {
            id: order.id,
            store: order.store,
            number: order.number,
            kind: order.kind,
            status: order.status,
            payment_status: order.payment_status,
            fulfilment_status: order.fulfilment_status,
            placed_at: Time(order.placed_at),
            currency: order.currency.to_string(),
            items: full.items.into_iter().map(ItemJson::from).collect(),
            customer: order.customer.map(CustomerJson::from),
            gross: full.gross,
            discounts: full.discounts,
            shipping: full.shipping,
            tax: full.tax,
            fees: full.fees,
            total: order.total,
            refunded: order.refunded,
            note: full.note,
            tags: full.tags,
            adjusted: Vec::new(),
        }
    }
}

impl From<ItemRow> for ItemJson {
    fn from(item: ItemRow) -> Self {
        Self {
            position: item.position,
            sku: item.sku,
            title: item.title,
            kind: item.kind,
            quantity: item.quantity,
            unit_price: item.unit_price,
            amount: item.amount,
            refunded_quantity: item.refunded_quantity,
        }
    }
}

impl From<CustomerRow> for CustomerJson {
    fn from(row: CustomerRow) -> Self {
        Self { email: row.email, name: row.name, phone: row.phone, external_id: row.external_id, country: row.country }
    }
}

impl From<&NewCustomer> for CustomerJson {
    fn from(new: &NewCustomer) -> Self {
        let new = new.clone();
        Self { email: new.email, name: new.name, phone: new.phone, external_id: new.external_id, country: new.country }
    }
}

impl From<&RefundRow> for RefundJson {
    fn from(row: &RefundRow) -> Self {
        Self { id: row.id.0, at: Time(row.at), amount: row.amount, reason: row.reason.clone() }
    }
}

impl From<&TimelineRow> for TimelineJson {
    fn from(row: &TimelineRow) -> Self {
        Self { at: Time(row.at), kind: row.kind.clone(), actor: row.actor.clone(), details: row.details.clone() }
    }
}
