//! The rules of an arriving order, as tables and as properties.

mod blemishes;
mod history;
mod properties;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Draft, NewOrder};
use crate::fields::FieldErrors;

fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn good() -> Value {
    json!({
        "store": "north", "number": "A-1", "placed_at": "2026-03-01T10:00:00+05:45", "currency": "GBP",
        "customer": {"email": "ana@example.com", "external_id": "7"},
        "items": [
            {"sku": "TEA", "title": "Tea", "quantity": 2, "unit_price": 450},
            {"title": "Carriage", "kind": "shipping", "quantity": 1, "unit_price": 300},
            {"title": "Welcome", "kind": "discount", "quantity": 1, "unit_price": 100},
        ],
        "discount": 50, "tax": 120, "tags": ["web"],
    })
}

fn faults(body: &Value) -> Vec<String> {
    let FieldErrors(errors) = Draft::checked_from_json(body, now()).unwrap_err();
    errors.into_iter().map(|e| e.field).collect()
}

fn with(path: &str, value: Value) -> Value {
    let mut body = good();
    *body.pointer_mut(path).unwrap() = value;
    body
}

#[test]
fn a_good_body_adds_up() {
    let (store, order) = Draft::checked_from_json(&good(), now()).unwrap();
    let amounts = order.amounts();
    assert_eq!(store, "north");
    assert_eq!((amounts.gross, amounts.discounts, amounts.shipping, amounts.tax), (900, 150, 300, 120));
    assert_eq!(amounts.total(), 1_170);
    assert_eq!(order.placed_at().to_rfc3339(), "2026-03-01T04:15:00+00:00");
}

#[test]
fn no_order_is_placed_at_a_moment_that_some_clock_does_not_know() {
    for (sent, kept) in [
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999+00:00"),
        ("2017-01-01T05:29:60+05:30", "2016-12-31T23:59:59.999999+00:00"),
        ("2026-02-28T12:00:60.5Z", "2026-02-28T12:00:59.999999+00:00"),
        ("2026-02-28T12:00:00.1234567Z", "2026-02-28T12:00:00.123456+00:00"),
    ] {
        let (_, order) = Draft::checked_from_json(&with("/placed_at", json!(sent)), now()).unwrap();
        assert_eq!(order.placed_at().to_rfc3339(), kept);
    }
    for sent in ["2026-02-28T12:00:00+24:00", "2026-02-28T12:00:61Z", "+10000-01-01T00:00:00Z", "0000-00-00T00:00:00Z"]
    {
        assert_eq!(faults(&with("/placed_at", json!(sent))), ["placed_at"], "{sent}");
    }
}

#[test]
fn discount_items_reduce_whichever_sign_they_carry() {
    for price in [100, -100] {
        let (_, order) = Draft::checked_from_json(&with("/items/2/unit_price", json!(price)), now()).unwrap();
        assert_eq!(order.amounts().total(), 1_170);
    }
}

#[test]
fn each_bad_value_is_reported_under_its_name() {
    let cases = [
        ("/number", json!(""), "number"),
        ("/number", json!("x".repeat(65)), "number"),
        ("/number", json!("a\u{0}b"), "number"),
        ("/number", json!(12), "number"),
        ("/placed_at", json!("yesterday"), "placed_at"),
        ("/placed_at", json!("1970-01-01T00:00:00Z"), "placed_at"),
        ("/placed_at", json!("2026-03-03T00:00:00Z"), "placed_at"),
        ("/currency", json!("gbp"), "currency"),
        ("/currency", json!("ZZZ"), "currency"),
        ("/customer", json!("Ana"), "customer"),
        ("/customer", json!({}), ""),
        ("/customer/email", json!("ana"), ""),
        ("/customer", json!({"name": "a\u{0}b"}), "customer.name"),
        ("/currency", json!("XTS"), "currency"),
        ("/currency", json!("DEM"), "currency"),
        ("/items/0/unit_price", json!(100_000_000_000_001_i64), "items[0].unit_price"),
        ("/items/0/quantity", json!(9.5e18), "items[0].quantity"),
        ("/items", json!([]), "items"),
        ("/items", json!({}), "items"),
        ("/items/0", json!(1), "items[0]"),
        ("/items/0/quantity", json!(0), "items[0].quantity"),
        ("/items/0/quantity", json!(-1), "items[0].quantity"),
        ("/items/0/quantity", json!(1.5), "items[0].quantity"),
        ("/items/0/quantity", json!(i64::MAX), "items[0].quantity"),
        ("/items/0/unit_price", json!(-1), "items[0].unit_price"),
        ("/items/0/unit_price", json!("4.50"), "items[0].unit_price"),
        ("/items/0/title", json!("   "), "items[0].title"),
        ("/items/1/kind", json!("postage"), "items[1].kind"),
        ("/discount", json!(-1), "discount"),
        ("/discount", json!(5_000), "discount"),
        ("/tax", json!(null), ""),
        ("/tags", json!(["a", 1]), "tags"),
        ("/tags", json!([""]), ""),
        ("/tags", json!(["a\u{0}b"]), "tags[0]"),
    ];
    for (path, value, field) in cases {
        let body = with(path, value);
        if field.is_empty() {
            assert!(Draft::checked_from_json(&body, now()).is_ok(), "{path}");
        } else {
            assert_eq!(faults(&body), [field], "{body}");
        }
    }
}

#[test]
fn all_faults_come_at_once_and_unknown_fields_by_name() {
    let body = json!({"number": 1, "colour": "red", "items": [7, {"titel": "Tea", "quantity": 0}], "discount": -5, "note": "a\u{0}b"});
    let names = faults(&body);
    assert_eq!(names.iter().filter(|n| n.starts_with("items[0]")).count(), 1, "{names:?}");
    for name in [
        "colour",
        "store",
        "number",
        "placed_at",
        "currency",
        "items[0]",
        "items[1].titel",
        "items[1].title",
        "items[1].quantity",
        "items[1].unit_price",
        "discount",
        "note",
    ] {
        assert!(names.iter().any(|n| n == name), "{name} in {names:?}");
    }
}

/// The order that `body` is, and the fields of it that were adjusted.
fn adjusted(body: &Value) -> (NewOrder, Vec<String>) {
    let (_, order) = Draft::checked_from_json(body, now()).unwrap();
    let fields = order.adjusted().iter().map(|note| note.field.clone()).collect();
    (order, fields)
}

#[test]
fn currencies_are_those_of_the_day() {
    let placed = |currency: &str, day: &str| {
        let mut body = with("/currency", json!(currency));
        body["placed_at"] = json!(format!("{day}T10:00:00Z"));
        Draft::checked_from_json(&body, now()).map(|(_, order)| order.currency())
    };
    for (code, year) in
        [("SKK", 2008), ("LTL", 2014), ("DEM", 2001), ("ANG", 2024), ("HRK", 2022), ("ITL", 1999), ("BGN", 2025)]
    {
        assert_eq!(placed(code, &format!("{year}-06-01")), Ok(code.parse().unwrap()), "{code}");
        let late = placed(code, "2026-02-20").unwrap_err();
        assert!(late.of("currency").unwrap().contains("was valid until"), "{late}");
    }
    for code in ["XXX", "XTS", "XAU", "XDR"] {
        assert!(placed(code, "2026-02-20").is_err(), "{code}");
    }
}

#[test]
fn amounts_fit_the_highest_inflation() {
    let mut body = good();
    body["currency"] = json!("IRR");
    body["items"] = json!([{"title": "Telephone", "quantity": 7, "unit_price": 150_000_000_000_i64}]);
    let (order, _) = adjusted(&body);
    assert_eq!(order.amounts().total(), 1_050_000_000_000 - 50 + 120);
    // The most that an order can come to is exact in every reader of JSON.
    let most = super::check::MAX_AMOUNT;
    body["items"] = json!([
        {"title": "a", "quantity": 1, "unit_price": most}, {"title": "b", "kind": "fee", "quantity": 1, "unit_price": most},
    ]);
    (body["discount"], body["shipping"], body["tax"]) = (json!(0), json!(most), json!(most));
    let (order, _) = adjusted(&body);
    assert_eq!(order.amounts().total(), 4 * most);
    assert!(order.amounts().total() < 1 << 53);
    body["items"][0]["quantity"] = json!(2);
    assert_eq!(faults(&body), ["items"]);
    body["items"][0]["quantity"] = json!(10_000_000);
    assert_eq!(faults(&body), ["items"]);
}

#[test]
fn a_return_has_negative_quantities() {
    let mut body = good();
    body["kind"] = json!("return");
    body["discount"] = json!(0);
    body["tax"] = json!(-20);
    body["items"] = json!([{"title": "Tea", "quantity": -2, "unit_price": 450}, {"title": "Rebate", "kind": "discount", "quantity": -1, "unit_price": 2_750}]);
    let (_, order) = Draft::checked_from_json(&body, now()).unwrap();
    assert_eq!(order.amounts().total(), -900 - 2_750 - 20);
    body["items"][0]["quantity"] = json!(2);
    body["tax"] = json!(20);
    assert_eq!(faults(&body), ["items[0].quantity", "tax"]);
}
