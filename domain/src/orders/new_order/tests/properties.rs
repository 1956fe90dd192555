//! Any body: totals are sums, and nothing makes it panic.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{good, now};
use crate::orders::new_order::Draft;

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
