//! The parts of the OpenAPI document that the types cannot say by themselves: word lists, bodies that are
//! read by hand, and examples. The tests send the examples to the real thing.

use chrono::{DateTime, Utc};
use domain::orders::{FulfilmentStatus, ItemKind, OrderKind, OrderStatus, PaymentStatus};
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
    /// Tax, minor units.
    #[schema(default = 0, required = false)]
    pub tax: i64,
    /// Note of the customer or the shop. The first 5,000 characters are stored.
    #[schema(required = false)]
    pub note: Option<String>,
    /// Tags. The first 50 are stored, with the first 50 characters of each.
    #[schema(required = false)]
    pub tags: Vec<String>,
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

/// The answer to [`new_order_example`].
pub fn order_example() -> Value {
    json!({
        "id": "0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f", "store": "north", "number": "A-1001", "kind": "sale",
        "status": "open", "payment_status": "paid", "fulfilment_status": "unfulfilled",
        "placed_at": "2026-11-02T09:30:00Z", "currency": "GBP",
        "items": [
            {"position": 1, "sku": "TEA-100", "title": "Darjeeling, 100 g", "kind": "product", "quantity": 2,
             "unit_price": 850, "amount": 1700, "refunded_quantity": 0},
            {"position": 2, "sku": null, "title": "Welcome", "kind": "discount", "quantity": 1,
             "unit_price": 200, "amount": -200, "refunded_quantity": 0},
        ],
        "customer": {"email": "ada@example.org", "name": "Ada Byron", "phone": null, "external_id": "7", "country": null},
        "gross": 1700, "discounts": 200, "shipping": 395, "tax": 316, "fees": 0, "total": 2211, "refunded": 0,
        "note": null, "tags": ["web"],
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
