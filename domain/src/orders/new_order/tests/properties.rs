//! Any body: totals are sums, and nothing makes it panic.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{good, now};
use crate::orders::ItemKind;
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
    fn whatever_is_accepted_its_total_is_its_parts_and_its_lines(
        lines in prop::collection::vec((0_usize..4, 1_i64..20, 0_i64..100_000, 0_i64..=100, prop::option::of(0_i64..3_000)), 1..12),
        (discount, shipping, tax) in (0_i64..50_000, 0_i64..5_000, 0_i64..20_000),
        (is_return, includes_tax) in any::<(bool, bool)>(),
        // None, two and three decimals.
        currency in prop::sample::select(vec!["JPY", "GBP", "EUR", "KWD"]),
    ) {
        let sign = if is_return { -1 } else { 1 };
        let sent = Sent::new(&lines, sign);
        let tax = sign * tax + sent.tax;
        let mut body = good();
        (body["currency"], body["items"]) = (json!(currency), json!(sent.items));
        (body["kind"], body["prices_include_tax"]) = (json!(if is_return { "return" } else { "sale" }), json!(includes_tax));
        (body["discount"], body["shipping"], body["tax"]) = (json!(sign * discount), json!(sign * shipping), json!(tax));
        let beside = if includes_tax { 0 } else { tax };
        let expected = sent.amount - sent.discount - sign * discount + sign * shipping + beside;
        let Ok((_, order)) = Draft::checked_from_json(&body, now()) else {
            prop_assert!(!is_return && (expected < 0 || includes_tax), "{body}");
            return Ok(());
        };
        let (amounts, standing) = (order.amounts(), order.standing());
        prop_assert_eq!(amounts.total(), expected);
        prop_assert_eq!(amounts.gross - amounts.discounts + amounts.shipping + amounts.tax + amounts.fees, expected);
        prop_assert_eq!((amounts.tax, standing.paid), (tax, expected));
        let of_lines: i64 = order.shares().iter().map(|share| share.tax).sum();
        prop_assert_eq!(of_lines + standing.shipping_tax(), tax);
        if is_return {
            return Ok(());
        }
        // Goods bear the order's discounts, as far as they cost anything.
        let shared = order.shares().iter().map(|share| share.discount).sum::<i64>();
        let rest = amounts.discounts - sent.discount;
        prop_assert_eq!(shared, sent.discount + rest.min(sent.goods));
        if rest <= sent.goods {
            let bearing = standing.lines.iter().filter(|line| line.kind != ItemKind::Discount);
            let values: i64 = bearing.map(|line| line.value).sum();
            let carriage = shipping - if includes_tax { standing.shipping_tax() } else { 0 };
            prop_assert_eq!(values + carriage + tax, expected, "lines, the order's shipping and tax are all there is");
        }
    }

    #[test]
    fn whatever_stands_in_a_field_is_judged_and_never_panics(
        field in prop::sample::select(vec![
            "store", "number", "kind", "placed_at", "currency", "customer", "items", "discount", "shipping", "tax", "note", "tags",
            "prices_include_tax", "updated_at", "customer_note", "shipping_address", "billing_address", "shipping_lines",
            "payments", "fulfilments", "refunds", "cancelled_at", "cancel_reason", "closed_at", "on_hold", "source",
        ]),
        inner in prop::sample::select(vec!["", "sku", "title", "kind", "quantity", "unit_price", "discount", "tax", "email", "name"]),
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

/// Lines as they are sent, and what they come to together.
struct Sent {
    items: Vec<Value>,
    /// All lines before their own discounts, those of the kind `discount` taken off.
    amount: i64,
    /// Their own discounts.
    discount: i64,
    tax: i64,
    /// Goods after their own discounts.
    goods: i64,
}

impl Sent {
    // Of each its kind, pieces, price, discount in percent and tax; what is of the kind `discount` has neither.
    fn new(lines: &[(usize, i64, i64, i64, Option<i64>)], sign: i64) -> Self {
        let mut sent = Self { items: Vec::new(), amount: 0, discount: 0, tax: 0, goods: 0 };
        for (kind, quantity, price, percent, tax) in lines {
            let kind = ["product", "shipping", "discount", "fee"][*kind];
            let (amount, is_discount) = (quantity * price, kind == "discount");
            let discount = if is_discount { 0 } else { sign * (amount * percent / 100) };
            let tax = tax.filter(|_| !is_discount).map(|tax| sign * tax);
            sent.items.push(json!({"title": "x", "kind": kind, "quantity": sign * quantity, "unit_price": price,
                "discount": discount, "tax": tax}));
            sent.amount += if is_discount { -amount } else { sign * amount };
            sent.discount += discount;
            sent.tax += tax.unwrap_or(0);
            sent.goods += if kind == "product" { sign * amount - discount } else { 0 };
        }
        sent
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
