//! The parts of the OpenAPI document that the types cannot say by themselves: word lists, bodies that are
//! read by hand, and examples. The tests send the examples to the real thing.

use chrono::{DateTime, Utc};
use domain::orders::{FulfilmentStatus, ItemKind, OrderKind, OrderStatus, PaymentStatus};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// An order as it is sent. Fields that are not listed here are refused by name.
#[derive(ToSchema)]
#[schema(as = NewOrder, example = new_order_example)]
pub struct NewOrderBody {
    /// Slug of the store.
    pub store: String,
    /// Its number, unique in the store.
    #[schema(min_length = 1, max_length = 64)]
    pub number: String,
    /// `sale` when not said. A `return` is a credit note: its quantities are negative, its `discount`, `shipping` and `tax` zero or negative.
    #[schema(schema_with = order_kind, required = false)]
    pub kind: OrderKind,
    /// RFC 3339, any offset; not before 1990 and at most a day in the future. Kept to the microsecond; a second 60 is the last
    /// microsecond of its minute. A space for the `T`, a space before the offset, and an offset without its colon or its minutes
    /// are understood too.
    pub placed_at: DateTime<Utc>,
    /// ISO 4217 code in capitals: the currency of every amount in the order. One that was withdrawn is taken for orders of its time;
    /// metals, units of account and test codes are none.
    #[schema(pattern = "^[A-Z]{3}$")]
    pub currency: String,
    /// Who bought, kept with the order as you send it; absent, null or without any field for a guest. Who has the same `external_id`
    /// is the same person in this store; who has none is the one person whose `email` it is.
    #[schema(required = false)]
    pub customer: Option<NewCustomerBody>,
    /// Its lines.
    #[schema(min_items = 1, max_items = 5000)]
    pub items: Vec<NewItemBody>,
    /// Reduction on the whole order, minor units, positive on sales. No part of an order may come to more than 10^14 minor units, so
    /// that every total is below 2^53.
    #[schema(default = 0, required = false)]
    pub discount: i64,
    /// Carriage, minor units.
    #[schema(default = 0, required = false)]
    pub shipping: i64,
    /// Tax, minor units.
    #[schema(default = 0, required = false)]
    pub tax: i64,
    /// Words of the buyer or the shop. The first 5,000 characters are kept.
    #[schema(required = false)]
    pub note: Option<String>,
    /// Labels. The first 50 are kept, and the first 50 characters of each.
    #[schema(required = false)]
    pub tags: Vec<String>,
}

/// Who bought. Nothing in here costs an order: spaces around a text are cut off, line breaks and control characters become spaces,
/// and what is too long or no address is cut or left out, which the answer says under `adjusted`.
#[derive(ToSchema)]
#[schema(as = NewCustomer)]
pub struct NewCustomerBody {
    /// Email address, of up to 254 characters. `mailto:`, brackets and marks around it are taken off; what is no address is left out.
    #[schema(required = false)]
    pub email: Option<String>,
    /// Name of the person or company. The first 200 characters are kept.
    #[schema(required = false)]
    pub name: Option<String>,
    /// Telephone number, however it is written. The first 40 characters are kept.
    #[schema(required = false)]
    pub phone: Option<String>,
    /// The customer's id in the shop that sends the order. One of more than 100 characters is left out.
    #[schema(required = false)]
    pub external_id: Option<String>,
    /// Country as the shop names it. The first 100 characters are kept.
    #[schema(required = false)]
    pub country: Option<String>,
}

/// One line.
#[derive(ToSchema)]
#[schema(as = NewOrderItem)]
pub struct NewItemBody {
    /// Stock-keeping unit. Lines of kind `product` with one belong to a variant of the store. One of more than 100 characters is
    /// left out.
    #[schema(required = false)]
    pub sku: Option<String>,
    /// What stands on the bill. The first 500 characters are kept.
    #[schema(min_length = 1)]
    pub title: String,
    /// `product` when not said. A `discount` reduces the total, whichever sign it is sent with.
    #[schema(schema_with = item_kind, required = false)]
    pub kind: ItemKind,
    /// Pieces: above zero on a sale, below zero on a return.
    pub quantity: i64,
    /// Minor units a piece.
    pub unit_price: i64,
}

/// Up to 1,000 orders. The list alone, without the object around it, is understood as well.
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

/// What became of the money.
pub fn payment_status() -> Object {
    words(PaymentStatus::ALL.iter().map(|w| w.as_str()))
}

/// What became of the goods.
pub fn fulfilment_status() -> Object {
    words(FulfilmentStatus::ALL.iter().map(|w| w.as_str()))
}

/// What a line stands for.
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
            let words = faults.of(&format!("{at}x")).unwrap().split("known here are ").nth(1).unwrap().to_owned();
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
