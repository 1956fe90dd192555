//! The rules of an arriving order, as tables and as properties.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
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
fn what_is_not_essential_costs_no_order() {
    let mut body = good();
    body["number"] = json!("A-1 ");
    body["store"] = json!(" north");
    body["currency"] = json!("GBP\u{a0}");
    body["customer"] = json!({"email": "ana@example.com ", "name": "\u{a0}Jana ", "phone": "", "country": null});
    body["items"][0]["title"] = json!(" Tea\u{200b}");
    body["tags"] = json!(["web ", " ", ""]);
    let (order, fields) = adjusted(&body);
    // Nothing that can be seen was lost.
    assert_eq!((order.number(), fields.len()), ("A-1", 0));
    let customer = order.customer().unwrap();
    assert_eq!((customer.email.as_deref(), customer.name.as_deref()), (Some("ana@example.com"), Some("Jana")));
    assert_eq!((order.items()[0].title.as_str(), order.tags()), ("Tea", &["web".to_owned()][..]));

    let long = |n: usize| "x".repeat(n);
    body["customer"] = json!({"email": "ana@example.com,", "name": long(201), "phone": long(41), "external_id": long(101), "country": "a\tb"});
    body["items"][0]["title"] = json!(format!("Tea,\r\n\tloose{}", long(500)));
    body["items"][1]["sku"] = json!(long(101));
    body["note"] = json!(format!("one\ntwo\u{1b}{}", long(5_000)));
    body["tags"] = json!((0..60).map(|n| if n == 0 { long(51) } else { n.to_string() }).collect::<Vec<_>>());
    let (order, fields) = adjusted(&body);
    let customer = order.customer().unwrap();
    assert_eq!((customer.email.as_deref(), customer.country.as_deref()), (Some("ana@example.com"), Some("a b")));
    assert_eq!((customer.name.as_ref().unwrap().len(), customer.phone.as_ref().unwrap().len()), (200, 40));
    assert_eq!((&customer.external_id, &order.items()[1].sku), (&None, &None));
    assert!(order.items()[0].title.starts_with("Tea, loosexx") && order.items()[0].title.len() == 500);
    assert!(order.note().unwrap().starts_with("one\ntwoxx") && order.note().unwrap().len() == 5_000);
    assert_eq!((order.tags().len(), order.tags()[0].len()), (50, 50));
    let expected = [
        "customer.email",
        "customer.name",
        "customer.phone",
        "customer.external_id",
        "customer.country",
        "items[0].title",
        "items[0].title",
        "items[1].sku",
        "note",
        "note",
        "tags[0]",
        "tags",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn a_guest_is_no_customer() {
    for guest in
        [json!({}), json!(null), json!({"email": null, "name": ""}), json!({"name": " \u{a0}", "phone": "\u{200b}"})]
    {
        let (order, fields) = adjusted(&with("/customer", guest.clone()));
        assert_eq!((order.customer(), fields.len()), (None, 0), "{guest}");
    }
    // What was no address is noted, though nobody is left.
    let (order, fields) = adjusted(&with("/customer", json!({"email": "n/a"})));
    assert_eq!((order.customer(), fields), (None, vec!["customer.email".to_owned()]));
}

#[test]
fn a_doubtful_address_is_judged_alike_however_it_is_spoilt() {
    for text in
        ["ana@example.com,", "mailto:ana@example.com", "ana@example.com.", "<ana@example.com>", "Ana <ana@example.com>"]
    {
        let (order, fields) = adjusted(&with("/customer/email", json!(text)));
        assert_eq!(order.customer().unwrap().email.as_deref(), Some("ana@example.com"), "{text}");
        assert_eq!(fields, ["customer.email"], "{text}");
    }
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
fn integers_and_times_are_taken_as_programs_write_them() {
    for (path, value) in [
        ("/items/0/unit_price", "450.0"),
        ("/items/0/unit_price", "4.5e2"),
        ("/items/0/quantity", "2.0"),
        ("/discount", "5e1"),
        ("/placed_at", "\"2026-03-01T10:00:00+0545\""),
        ("/placed_at", "\"2026-03-01 04:15:00z\""),
        ("/placed_at", "\"2026-03-01t10:00:00 +05:45\""),
    ] {
        let (order, fields) = adjusted(&with(path, serde_json::from_str(value).unwrap()));
        assert_eq!(order, Draft::checked_from_json(&good(), now()).unwrap().1, "{value}");
        assert!(fields.is_empty());
    }
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

proptest! {
    #[test]
    fn totals_equal_the_sum_of_what_was_sent(
        lines in prop::collection::vec((1_i64..1_000, 0_i64..1_000_000, 0_usize..4), 1..40),
        shipping in 0_i64..10_000, tax in 0_i64..10_000,
    ) {
        let kinds = ["product", "shipping", "discount", "fee"];
        let items: Vec<_> = lines.iter().map(|(q, p, k)| json!({"title": "x", "kind": kinds[*k], "quantity": q, "unit_price": p})).collect();
        let mut body = good();
        body["items"] = json!(items);
        body["discount"] = json!(0);
        body["shipping"] = json!(shipping);
        body["tax"] = json!(tax);
        let expected: i64 = lines.iter().map(|(q, p, k)| if *k == 2 { -q * p } else { q * p }).sum::<i64>() + shipping + tax;
        match Draft::checked_from_json(&body, now()) {
            Ok((_, order)) => prop_assert_eq!(order.amounts().total(), expected),
            Err(_) => prop_assert!(expected < 0),
        }
    }

    #[test]
    fn whatever_stands_in_a_field_is_judged_and_never_panics(
        field in prop::sample::select(vec![
            "store", "number", "kind", "placed_at", "currency", "customer", "items", "discount", "shipping", "tax", "note", "tags",
        ]),
        inner in prop::sample::select(vec!["", "sku", "title", "kind", "quantity", "unit_price", "email", "name"]),
        value in arbitrary(),
    ) {
        let mut body = good();
        match (field, inner) {
            ("items", inner) if !inner.is_empty() => body["items"][0][inner] = value,
            ("customer", inner) if !inner.is_empty() => body["customer"] = json!({inner: value}),
            _ => body[field] = value,
        }
        match Draft::checked_from_json(&body, now()) {
            Ok((_, order)) => prop_assert!(order.amounts().total() >= 0),
            Err(faults) => prop_assert!(!faults.is_empty()),
        }
    }

    #[test]
    fn no_json_makes_it_panic(text in "[\\[\\]{}\":,a-z0-9.-]{0,80}") {
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let _ = Draft::checked_from_json(&value, now());
        }
    }
}

fn arbitrary() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        Just(json!("\u{0}")),
        Just(json!("\u{202e}")),
        Just(json!("x".repeat(5_000))),
        prop::sample::select(vec!["sale", "return", "GBP", "JPY", "9999-12-31T23:59:59Z", "2026-02-30", "-1"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..5).prop_map(|fields| json!(fields)),
        ]
    })
}
