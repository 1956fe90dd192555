//! An order as the API writes it: the same whether it was just stored, listed or asked for by its id.

use chrono::{DateTime, SecondsFormat, Utc};
use db::orders::{
    CustomerRow, FulfilmentRow, FullOrder, ItemRow, OrderDetail, OrderFacts, PaymentRow, RefundRow, TimelineRow,
};
use domain::ids::OrderId;
use domain::orders::new_order::Address;
use domain::orders::refund::Parts;
use domain::orders::shares::Share;
use domain::orders::{
    FulfilmentStatus, ItemKind, NewCustomer, NewItem, NewOrder, OrderKind, OrderStatus, PaymentKind, PaymentStatus,
};
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
    /// `open`, `closed` or `cancelled`. Cancelled orders count in no figure.
    #[schema(schema_with = schema::order_status)]
    pub status: OrderStatus,
    /// The payment status, derived from payments and refunds.
    #[schema(schema_with = schema::payment_status)]
    pub payment_status: PaymentStatus,
    /// The fulfilment status, derived from fulfilments.
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
    /// Whether the prices contain their tax.
    pub prices_include_tax: bool,
    /// Total of the product items without tax, minor units.
    pub gross: i64,
    /// All discounts, minor units; positive on sales.
    pub discounts: i64,
    /// Shipping without the tax that it contains, minor units.
    pub shipping: i64,
    /// All tax, minor units.
    pub tax: i64,
    /// Fee items without the tax that they contain, minor units.
    pub fees: i64,
    /// `gross - discounts + shipping + tax + fees`, minor units.
    pub total: i64,
    /// Amount charged and captured, minor units.
    pub paid: i64,
    /// Amount refunded so far, minor units.
    pub refunded: i64,
    /// Note of the shop.
    pub note: Option<String>,
    /// Note of the customer.
    pub customer_note: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// The ID of the order in the shop that sent it.
    pub external_id: Option<String>,
    /// Where the order was placed, such as `web`.
    pub source: Option<String>,
    /// Shipping address, as sent.
    pub shipping_address: Option<AddressJson>,
    /// Billing address, as sent.
    pub billing_address: Option<AddressJson>,
    /// Time of the cancellation.
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub cancelled_at: Option<Time>,
    /// Reason of the cancellation. May be empty.
    pub cancel_reason: Option<String>,
    /// Time at which the order was closed.
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub closed_at: Option<Time>,
    /// Counts the changes of the order, from 1. `ETag` and `If-Match` hold it.
    pub version: i32,
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
    /// Payments, oldest first. Empty for an order that was paid when it was placed and of which no payment was sent.
    pub payments: Vec<PaymentJson>,
    /// Fulfilments, oldest first.
    pub fulfilments: Vec<FulfilmentJson>,
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
    /// Quantity x unit price, minor units. Negative for discounts.
    pub amount: i64,
    /// The item's own discount and its share of the order's, minor units.
    pub discount: i64,
    /// The item's tax, minor units; within `amount` where prices include tax.
    pub tax: i64,
    /// Refunded quantity.
    pub refunded_quantity: i64,
    /// Quantity that was sent.
    pub fulfilled_quantity: i64,
}

/// A postal address, as sent. Parts may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Address)]
pub struct AddressJson {
    /// Name of the person.
    pub name: String,
    /// Company.
    pub company: String,
    /// Street and number.
    pub line1: String,
    /// More of the street.
    pub line2: String,
    /// City.
    pub city: String,
    /// County, state or region.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// ISO 3166 code or name of the country.
    pub country: String,
    /// Phone number.
    pub phone: String,
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Payment)]
pub struct PaymentJson {
    /// The ID of the payment.
    pub id: uuid::Uuid,
    /// Time of the payment.
    #[schema(value_type = DateTime<Utc>)]
    pub at: Time,
    /// What the payment did.
    #[schema(schema_with = schema::payment_kind)]
    pub kind: PaymentKind,
    /// Payment method. May be empty.
    pub method: String,
    /// Amount, minor units of the currency of the order.
    pub amount: i64,
    /// Reference of the payment provider. May be empty.
    pub reference: String,
}

/// Items that were sent together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Fulfilment)]
pub struct FulfilmentJson {
    /// The ID of the fulfilment.
    pub id: uuid::Uuid,
    /// Time at which the items were sent.
    #[schema(value_type = DateTime<Utc>)]
    pub at: Time,
    /// The items.
    pub lines: Vec<LineJson>,
    /// Carrier. May be empty.
    pub carrier: String,
    /// Tracking number. May be empty.
    pub tracking_number: String,
    /// Tracking link. May be empty.
    pub tracking_url: String,
}

/// A quantity of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Line)]
pub struct LineJson {
    /// Position of the item in the order, from 1.
    pub line: i32,
    /// Quantity.
    pub quantity: i64,
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
    /// Part of the amount for goods.
    pub goods: i64,
    /// Part of the amount for shipping.
    pub shipping: i64,
    /// Part of the amount for tax.
    pub tax: i64,
    /// Part of the amount for fees.
    pub fees: i64,
    /// The items. Empty for a refund of an amount.
    pub lines: Vec<LineJson>,
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
    /// `placed`, `updated`, `payment`, `fulfilled`, `refunded`, `cancelled`, `closed`, `reopened`, `held`, `released`, `edited` or
    /// `note`.
    pub kind: String,
    /// Who made the change.
    pub actor: String,
    /// Details, by kind: `reason`, `amount`, `text`.
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
        let (amounts, standing, details) = (order.amounts(), order.standing(), order.details());
        let history = order.history();
        let items = order.shared_items().zip(&standing.lines).map(|((item, share), line)| ItemJson {
            refunded_quantity: line.refunded,
            fulfilled_quantity: line.fulfilled,
            ..ItemJson::new(line.position, item, share)
        });
        Self {
            id,
            store: store.to_owned(),
            number: order.number().to_owned(),
            kind: order.kind(),
            status: standing.status,
            payment_status: standing.payment_status(),
            fulfilment_status: standing.fulfilment_status(),
            placed_at: Time(order.placed_at()),
            currency: order.currency().to_string(),
            items: items.collect(),
            customer,
            prices_include_tax: order.prices_include_tax(),
            gross: amounts.gross,
            discounts: amounts.discounts,
            shipping: amounts.shipping,
            tax: amounts.tax,
            fees: amounts.fees,
            total: amounts.total(),
            paid: standing.paid,
            refunded: standing.refunded.total(),
            note: order.note().map(str::to_owned),
            customer_note: details.customer_note.clone(),
            tags: order.tags().to_vec(),
            external_id: details.external_id.clone(),
            source: details.source.clone(),
            shipping_address: details.shipping_address.as_ref().map(AddressJson::from),
            billing_address: details.billing_address.as_ref().map(AddressJson::from),
            cancelled_at: history.cancelled.as_ref().map(|cancelled| Time(cancelled.at)),
            cancel_reason: history.cancelled.as_ref().map(|cancelled| cancelled.reason.clone()),
            closed_at: history.closed_at.map(Time),
            version: 1,
            adjusted: order.adjusted().iter().cloned().map(FaultBody::from).collect(),
        }
    }
}

impl From<OrderDetail> for OrderDetailJson {
    fn from(detail: OrderDetail) -> Self {
        let payments = detail.payments.iter().map(PaymentJson::from).collect();
        let fulfilments = detail.fulfilments.iter().map(FulfilmentJson::from).collect();
        let refunds = detail.refunds.iter().map(RefundJson::from).collect();
        let timeline = detail.timeline.iter().map(TimelineJson::from).collect();
        Self { payments, fulfilments, refunds, timeline, order: detail.into() }
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
            facts: detail.facts,
            items: detail.items,
        })
    }
}

impl From<FullOrder> for OrderJson {
    fn from(full: FullOrder) -> Self {
        let order = full.order;
        let OrderFacts { details, .. } = full.facts;
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
            prices_include_tax: full.facts.prices_include_tax,
            gross: full.gross,
            discounts: full.discounts,
            shipping: full.shipping,
            tax: full.tax,
            fees: full.fees,
            total: order.total,
            paid: full.facts.paid,
            refunded: order.refunded,
            note: full.note,
            customer_note: details.customer_note,
            tags: full.tags,
            external_id: details.external_id,
            source: details.source,
            shipping_address: details.shipping_address.as_ref().map(AddressJson::from),
            billing_address: details.billing_address.as_ref().map(AddressJson::from),
            cancelled_at: full.facts.cancelled_at.map(Time),
            cancel_reason: full.facts.cancel_reason,
            closed_at: full.facts.closed_at.map(Time),
            version: full.facts.version,
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
            discount: item.discount,
            tax: item.tax,
            refunded_quantity: item.refunded_quantity,
            fulfilled_quantity: item.fulfilled_quantity,
        }
    }
}

impl ItemJson {
    fn new(position: i32, item: &NewItem, share: Share) -> Self {
        Self {
            position,
            sku: item.sku.clone(),
            title: item.title.clone(),
            kind: item.kind,
            quantity: item.quantity,
            unit_price: item.unit_price,
            amount: item.amount(),
            discount: share.discount,
            tax: share.tax,
            refunded_quantity: 0,
            fulfilled_quantity: 0,
        }
    }
}

impl From<&Address> for AddressJson {
    fn from(address: &Address) -> Self {
        let Address { name, company, line1, line2, city, region, postal_code, country, phone } = address.clone();
        Self { name, company, line1, line2, city, region, postal_code, country, phone }
    }
}

impl From<&PaymentRow> for PaymentJson {
    fn from(row: &PaymentRow) -> Self {
        let (method, reference) = (row.method.clone(), row.reference.clone());
        Self { id: row.id.0, at: Time(row.at), kind: row.kind, method, amount: row.amount, reference }
    }
}

impl From<&FulfilmentRow> for FulfilmentJson {
    fn from(row: &FulfilmentRow) -> Self {
        Self {
            id: row.id.0,
            at: Time(row.at),
            lines: lines(&row.lines),
            carrier: row.carrier.clone(),
            tracking_number: row.tracking_number.clone(),
            tracking_url: row.tracking_url.clone(),
        }
    }
}

fn lines(lines: &[(i32, i64)]) -> Vec<LineJson> {
    lines.iter().map(|(line, quantity)| LineJson { line: *line, quantity: *quantity }).collect()
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
        let Parts { goods, shipping, tax, fees } = row.parts;
        Self {
            id: row.id.0,
            at: Time(row.at),
            amount: row.amount,
            goods,
            shipping,
            tax,
            fees,
            lines: lines(&row.lines),
            reason: row.reason.clone(),
        }
    }
}

impl From<&TimelineRow> for TimelineJson {
    fn from(row: &TimelineRow) -> Self {
        Self { at: Time(row.at), kind: row.kind.clone(), actor: row.actor.clone(), details: row.details.clone() }
    }
}
