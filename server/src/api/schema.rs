//! The parts of the OpenAPI document that the types cannot say by themselves: word lists, bodies that are
//! read by hand, and examples. The tests send the examples to the real thing.

use chrono::{DateTime, Utc};
use domain::orders::{FulfilmentStatus, ItemKind, OrderKind, OrderStatus, PaymentKind, PaymentStatus};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// A new order. Unknown fields are rejected.
#[derive(ToSchema)]
#[schema(as = NewOrder, example = new_order_example)]
pub struct NewOrderBody {
    /// Slug of the store.
    pub store: String,
    /// Order number, unique in the store.
    #[schema(min_length = 1, max_length = 64)]
    pub number: String,
    /// `sale` by default. A `return` is a credit note: its quantities are negative, and its `discount`, `shipping` and
    /// `tax` are zero or negative.
    #[schema(schema_with = order_kind, required = false)]
    pub kind: OrderKind,
    /// RFC 3339, with any offset, from 1990 to at most one day in the future. Stored to the microsecond; second 60
    /// becomes the last microsecond of its minute. A space instead of the `T`, a space before the offset, and an offset
    /// without its colon or minutes are also accepted.
    pub placed_at: DateTime<Utc>,
    /// ISO 4217 code in capitals: the currency of all amounts in the order. Withdrawn currencies are accepted for
    /// orders of their time. Metals, units of account and test codes are rejected.
    #[schema(pattern = "^[A-Z]{3}$")]
    pub currency: String,
    /// The customer, stored with the order as sent. Absent, null or empty for an order without a customer. Within a
    /// store, the same `external_id` is the same customer; without one, the same `email` is.
    #[schema(required = false)]
    pub customer: Option<NewCustomerBody>,
    /// The items.
    #[schema(min_items = 1, max_items = 5000)]
    pub items: Vec<NewItemBody>,
    /// Discount on the whole order, minor units, positive on sales. No part of an order may exceed 10^14 minor units,
    /// so that every total is below 2^53.
    #[schema(default = 0, required = false)]
    pub discount: i64,
    /// Shipping, minor units.
    #[schema(default = 0, required = false)]
    pub shipping: i64,
    /// All tax, minor units. Without it, the sum of the tax of items and shipping lines.
    #[schema(required = false)]
    pub tax: i64,
    /// Whether prices, shipping and fees contain their tax. Then `tax` adds nothing to the total.
    #[schema(default = false, required = false)]
    pub prices_include_tax: bool,
    /// Note of the shop. The first 5,000 characters are stored.
    #[schema(required = false)]
    pub note: Option<String>,
    /// Tags. The first 50 are stored, with the first 50 characters of each.
    #[schema(required = false)]
    pub tags: Vec<String>,
    /// The ID of the order in the shop that sends it. Longer than 100 characters is left out.
    #[schema(required = false)]
    pub external_id: Option<String>,
    /// Where the order was placed, such as `web`. Longer than 50 characters is left out.
    #[schema(required = false)]
    pub source: Option<String>,
    /// Time of the last change in the shop.
    #[schema(required = false)]
    pub updated_at: Option<DateTime<Utc>>,
    /// Note of the customer. The first 5,000 characters are stored.
    #[schema(required = false)]
    pub customer_note: Option<String>,
    /// Shipping address.
    #[schema(required = false)]
    pub shipping_address: Option<NewAddressBody>,
    /// Billing address.
    #[schema(required = false)]
    pub billing_address: Option<NewAddressBody>,
    /// Shipping by line, each with its tax. Each becomes an item of kind `shipping`.
    #[schema(required = false, max_items = 5000)]
    pub shipping_lines: Vec<NewShippingLineBody>,
    /// Payments. Without this field the order counts as paid when it was placed; an empty list is an unpaid order.
    #[schema(required = false, max_items = 200)]
    pub payments: Vec<NewPaymentBody>,
    /// Fulfilments.
    #[schema(required = false, max_items = 200)]
    pub fulfilments: Vec<NewFulfilmentBody>,
    /// Refunds.
    #[schema(required = false, max_items = 200)]
    pub refunds: Vec<NewRefundBody>,
    /// Time of the cancellation, for a cancelled order.
    #[schema(required = false)]
    pub cancelled_at: Option<DateTime<Utc>>,
    /// Reason of the cancellation.
    #[schema(required = false)]
    pub cancel_reason: Option<String>,
    /// Time at which the order was closed, for a closed order.
    #[schema(required = false)]
    pub closed_at: Option<DateTime<Utc>>,
    /// Whether the order is on hold: nothing is to be sent for now.
    #[schema(default = false, required = false)]
    pub on_hold: bool,
}

/// A postal address. The first 200 characters of each part are stored.
#[derive(ToSchema)]
#[schema(as = NewAddress)]
pub struct NewAddressBody {
    /// Name of the person.
    #[schema(required = false)]
    pub name: Option<String>,
    /// Company.
    #[schema(required = false)]
    pub company: Option<String>,
    /// Street and number.
    #[schema(required = false)]
    pub line1: Option<String>,
    /// More of the street.
    #[schema(required = false)]
    pub line2: Option<String>,
    /// City.
    #[schema(required = false)]
    pub city: Option<String>,
    /// County, state or region.
    #[schema(required = false)]
    pub region: Option<String>,
    /// Postal code.
    #[schema(required = false)]
    pub postal_code: Option<String>,
    /// ISO 3166 code or name of the country.
    #[schema(required = false)]
    pub country: Option<String>,
    /// Phone number.
    #[schema(required = false)]
    pub phone: Option<String>,
}

/// A line of shipping.
#[derive(ToSchema)]
#[schema(as = NewShippingLine)]
pub struct NewShippingLineBody {
    /// Title. `Shipping` by default.
    #[schema(required = false)]
    pub title: Option<String>,
    /// Amount, minor units.
    pub amount: i64,
    /// Tax, minor units.
    #[schema(required = false)]
    pub tax: Option<i64>,
}

/// A payment.
#[derive(ToSchema)]
#[schema(as = NewPayment, example = payment_example)]
pub struct NewPaymentBody {
    /// `charge` by default. A `refund` only says how the money of a refund went back.
    #[schema(schema_with = payment_kind, required = false)]
    pub kind: PaymentKind,
    /// Payment method, such as `card`. At most 500 characters.
    #[schema(required = false, max_length = 500)]
    pub method: Option<String>,
    /// Amount, minor units. Not needed for a `void`.
    pub amount: i64,
    /// Reference of the payment provider. At most 500 characters.
    #[schema(required = false, max_length = 500)]
    pub reference: Option<String>,
    /// Time of the payment. By default the time of the order, or of the request for an order that is stored already.
    #[schema(required = false)]
    pub at: Option<DateTime<Utc>>,
}

/// Items that are sent together.
#[derive(ToSchema)]
#[schema(as = NewFulfilment, example = fulfilment_example)]
pub struct NewFulfilmentBody {
    /// The items. Empty for everything that was not sent yet.
    #[schema(required = false)]
    pub lines: Vec<NewLineBody>,
    /// Carrier. At most 500 characters.
    #[schema(required = false, max_length = 500)]
    pub carrier: Option<String>,
    /// Tracking number. At most 500 characters.
    #[schema(required = false, max_length = 500)]
    pub tracking_number: Option<String>,
    /// Tracking link, `https://` or `http://`. At most 500 characters.
    #[schema(required = false, max_length = 500)]
    pub tracking_url: Option<String>,
    /// Time at which the items were sent. By default the time of the order, or of the request for an order that is stored
    /// already.
    #[schema(required = false)]
    pub at: Option<DateTime<Utc>>,
}

/// A quantity of an item.
#[derive(ToSchema)]
#[schema(as = NewLine)]
pub struct NewLineBody {
    /// Position of the item in the order, from 1.
    pub line: i32,
    /// Quantity.
    pub quantity: i64,
}

/// A refund: `lines` and `shipping`, or an `amount`, or everything that was paid when it has none of them.
#[derive(ToSchema)]
#[schema(as = NewRefund, example = refund_example)]
pub struct NewRefundBody {
    /// The items. Each gives back its share of discounts and tax.
    #[schema(required = false)]
    pub lines: Vec<NewRefundLineBody>,
    /// Amount given back for shipping, with its tax, minor units.
    #[schema(default = 0, required = false)]
    pub shipping: i64,
    /// An amount of your choice, minor units. It lowers goods, shipping, tax and fees in proportion.
    #[schema(required = false)]
    pub amount: Option<i64>,
    /// Whether the items go back into stock.
    #[schema(default = false, required = false)]
    pub restock: bool,
    /// Reason. At most 500 characters.
    #[schema(required = false, max_length = 500)]
    pub reason: Option<String>,
    /// Time of the refund. By default the time of the order, or of the request for an order that is stored already.
    #[schema(required = false)]
    pub at: Option<DateTime<Utc>>,
}

/// A quantity of an item that is refunded.
#[derive(ToSchema)]
#[schema(as = NewRefundLine)]
pub struct NewRefundLineBody {
    /// Position of the item in the order, from 1.
    pub line: i32,
    /// Quantity.
    pub quantity: i64,
    /// Whether the items go back into stock.
    #[schema(default = false, required = false)]
    pub restock: bool,
}

/// A cancellation.
#[derive(ToSchema)]
#[schema(as = NewCancellation, example = cancellation_example)]
pub struct NewCancellationBody {
    /// Reason. At most 500 characters.
    #[schema(required = false, max_length = 500)]
    pub reason: Option<String>,
    /// Whether the items go back into stock.
    #[schema(default = true, required = false)]
    pub restock: bool,
}

/// An internal note.
#[derive(ToSchema)]
#[schema(as = NewNote, example = note_example)]
pub struct NewNoteBody {
    /// The note. At most 5,000 characters.
    #[schema(min_length = 1, max_length = 5000)]
    pub text: String,
}

/// What is to change. A field that is missing stays as it is; null removes what is there.
#[derive(ToSchema)]
#[schema(as = OrderEdit, example = edit_example)]
pub struct EditBody {
    /// Contact of the customer, as stored with this order.
    #[schema(required = false)]
    pub customer: EditCustomerBody,
    /// Note of the shop.
    #[schema(required = false, max_length = 5000)]
    pub note: Option<String>,
    /// Note of the customer.
    #[schema(required = false, max_length = 5000)]
    pub customer_note: Option<String>,
    /// All tags.
    #[schema(required = false, max_items = 50)]
    pub tags: Option<Vec<String>>,
    /// Shipping address.
    #[schema(required = false)]
    pub shipping_address: Option<NewAddressBody>,
    /// Billing address.
    #[schema(required = false)]
    pub billing_address: Option<NewAddressBody>,
}

/// Contact of the customer. A field that is missing stays as it is; null removes what is there.
#[derive(ToSchema)]
#[schema(as = OrderEditCustomer)]
pub struct EditCustomerBody {
    /// Email.
    #[schema(required = false)]
    pub email: Option<String>,
    /// Name of the person or company. At most 200 characters.
    #[schema(required = false, max_length = 200)]
    pub name: Option<String>,
    /// Phone number. At most 40 characters.
    #[schema(required = false, max_length = 40)]
    pub phone: Option<String>,
}

/// The customer. Invalid values here never reject an order: outer spaces are removed, line breaks and control
/// characters become spaces, and values that are too long or not an email are shortened or left out. The response lists
/// this under `adjusted`.
#[derive(ToSchema)]
#[schema(as = NewCustomer)]
pub struct NewCustomerBody {
    /// Email, up to 254 characters. `mailto:` and brackets around it are removed. Other text is left out.
    #[schema(required = false)]
    pub email: Option<String>,
    /// Name of the person or company. The first 200 characters are stored.
    #[schema(required = false)]
    pub name: Option<String>,
    /// Phone number in any format. The first 40 characters are stored.
    #[schema(required = false)]
    pub phone: Option<String>,
    /// The ID of the customer in the shop that sends the order. Longer than 100 characters is left out.
    #[schema(required = false)]
    pub external_id: Option<String>,
    /// Country as sent. The first 100 characters are stored.
    #[schema(required = false)]
    pub country: Option<String>,
}

/// One item.
#[derive(ToSchema)]
#[schema(as = NewOrderItem)]
pub struct NewItemBody {
    /// Stock-keeping unit. Items of kind `product` with a SKU belong to a variant of the store. Longer than 100
    /// characters is left out.
    #[schema(required = false)]
    pub sku: Option<String>,
    /// Title of the item. The first 500 characters are stored.
    #[schema(min_length = 1)]
    pub title: String,
    /// `product` by default. A `discount` reduces the total, with either sign.
    #[schema(schema_with = item_kind, required = false)]
    pub kind: ItemKind,
    /// Quantity: more than 0 on a sale, less than 0 on a return.
    pub quantity: i64,
    /// Unit price, minor units.
    pub unit_price: i64,
    /// Discount on this item alone, minor units, positive on sales.
    #[schema(default = 0, required = false)]
    pub discount: i64,
    /// Tax on this item, minor units. Without it, the tax of the order is shared out over the product items.
    #[schema(required = false)]
    pub tax: Option<i64>,
}

/// Up to 1,000 orders. A plain list without the object around it is also accepted.
#[derive(ToSchema)]
#[schema(as = NewBatch, example = batch_example)]
pub struct NewBatchBody {
    /// The orders.
    #[schema(min_items = 1, max_items = 1000)]
    pub orders: Vec<NewOrderBody>,
}

/// Sale or return.
pub fn order_kind() -> Object {
    words(OrderKind::ALL.iter().map(|w| w.as_str()))
}

/// Open or cancelled.
pub fn order_status() -> Object {
    words(OrderStatus::ALL.iter().map(|w| w.as_str()))
}

/// The payment status.
pub fn payment_status() -> Object {
    words(PaymentStatus::ALL.iter().map(|w| w.as_str()))
}

/// The fulfilment status.
pub fn fulfilment_status() -> Object {
    words(FulfilmentStatus::ALL.iter().map(|w| w.as_str()))
}

/// The kind of a payment.
pub fn payment_kind() -> Object {
    words(PaymentKind::ALL.iter().map(|w| w.as_str()))
}

/// The kind of an item.
pub fn item_kind() -> Object {
    words(ItemKind::ALL.iter().map(|w| w.as_str()))
}

fn words(words: impl Iterator<Item = &'static str>) -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

/// An order as it is sent.
pub fn new_order_example() -> Value {
    json!({
        "store": "north", "number": "A-1001", "placed_at": "2026-11-02T09:30:00Z", "currency": "GBP",
        "customer": {"email": "ada@example.org", "name": "Ada Byron", "external_id": "7"},
        "items": [
            {"sku": "TEA-100", "title": "Darjeeling, 100 g", "quantity": 2, "unit_price": 850},
            {"title": "Welcome", "kind": "discount", "quantity": 1, "unit_price": 200},
        ],
        "shipping": 395, "tax": 316, "tags": ["web"],
    })
}

/// A batch as it is sent.
pub fn batch_example() -> Value {
    json!({"orders": [new_order_example()]})
}

/// A payment as it is sent.
pub fn payment_example() -> Value {
    json!({"kind": "charge", "method": "card", "amount": 2211, "reference": "pi_1", "at": "2026-11-02T10:00:00Z"})
}

/// A fulfilment as it is sent.
pub fn fulfilment_example() -> Value {
    json!({"lines": [{"line": 1, "quantity": 1}], "carrier": "DPD", "tracking_number": "123",
        "tracking_url": "https://example.org/123"})
}

/// A refund as it is sent.
pub fn refund_example() -> Value {
    json!({"lines": [{"line": 1, "quantity": 1, "restock": true}], "reason": "Damaged"})
}

/// A cancellation as it is sent.
pub fn cancellation_example() -> Value {
    json!({"reason": "Ordered twice", "restock": true})
}

/// A note as it is sent.
pub fn note_example() -> Value {
    json!({"text": "Customer will pick up on Friday"})
}

/// A change as it is sent.
pub fn edit_example() -> Value {
    json!({"customer": {"phone": "+44 20 7946 0018"}, "tags": ["web", "gift"]})
}

/// The answer to [`new_order_example`].
pub fn order_example() -> Value {
    json!({
        "id": "0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f", "store": "north", "number": "A-1001", "kind": "sale",
        "status": "open", "payment_status": "paid", "fulfilment_status": "unfulfilled",
        "placed_at": "2026-11-02T09:30:00Z", "currency": "GBP",
        "items": [
            {"position": 1, "sku": "TEA-100", "title": "Darjeeling, 100 g", "kind": "product", "quantity": 2,
             "unit_price": 850, "amount": 1700, "discount": 200, "tax": 316, "refunded_quantity": 0, "fulfilled_quantity": 0},
            {"position": 2, "sku": null, "title": "Welcome", "kind": "discount", "quantity": 1,
             "unit_price": 200, "amount": -200, "discount": 0, "tax": 0, "refunded_quantity": 0, "fulfilled_quantity": 0},
        ],
        "customer": {"email": "ada@example.org", "name": "Ada Byron", "phone": null, "external_id": "7", "country": null},
        "prices_include_tax": false,
        "gross": 1700, "discounts": 200, "shipping": 395, "tax": 316, "fees": 0, "total": 2211, "paid": 2211, "refunded": 0,
        "note": null, "customer_note": null, "tags": ["web"], "external_id": null, "source": null,
        "shipping_address": null, "billing_address": null, "cancelled_at": null, "cancel_reason": null, "closed_at": null,
        "version": 1,
    })
}

#[cfg(test)]
mod tests {
    use domain::orders::new_order::Draft;
    use utoipa::PartialSchema;

    use super::super::order::{CustomerJson, OrderJson};
    use super::*;

    #[test]
    fn the_examples_are_true() {
        let (store, order) =
            Draft::checked_from_json(&new_order_example(), "2026-11-03T00:00:00Z".parse().unwrap()).unwrap();
        let id = order_example()["id"].as_str().unwrap().parse().unwrap();
        let answer = OrderJson::stored(id, &store, &order, order.customer().map(CustomerJson::from));
        assert_eq!(serde_json::to_value(answer).unwrap(), order_example());
    }

    #[test]
    fn every_documented_field_is_known_and_no_other() {
        let fields =
            |schema: Value| -> Vec<String> { schema["properties"].as_object().unwrap().keys().cloned().collect() };
        let known = |body: Value, at: &str| -> Vec<String> {
            let faults = Draft::from_json(&body).unwrap_err();
            let words =
                faults.of(&format!("{at}x")).unwrap().split("Use: ").nth(1).unwrap().trim_end_matches('.').to_owned();
            let mut names: Vec<String> = words.split(", ").map(str::to_owned).collect();
            names.sort();
            names
        };
        let documented = |mut names: Vec<String>| {
            names.sort();
            names
        };
        let schema = |value: utoipa::openapi::RefOr<utoipa::openapi::Schema>| serde_json::to_value(value).unwrap();
        assert_eq!(documented(fields(schema(NewOrderBody::schema()))), known(json!({"x": 1}), ""));
        assert_eq!(
            documented(fields(schema(NewCustomerBody::schema()))),
            known(json!({"customer": {"x": 1}}), "customer.")
        );
        assert_eq!(documented(fields(schema(NewItemBody::schema()))), known(json!({"items": [{"x": 1}]}), "items[0]."));
    }
}
