//! What is mended in an order rather than refused: blemishes, guests, spellings of addresses and numbers.

use serde_json::json;

use super::{adjusted, good, now, with};
use crate::orders::new_order::Draft;

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
