//! Whatever a shop sold, gave back or called off: its totals, states and refunds are read back exactly.

use domain::orders::{FulfilmentStatus, OrderStatus, PaymentStatus};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const STATUSES: [&str; 7] = ["pending", "on-hold", "processing", "completed", "refunded", "cancelled", "failed"];

#[derive(Clone, Debug)]
struct Sold {
    // Quantity, amount before and off, tax; minor units.
    lines: Vec<(i64, i64, i64, i64)>,
    shipping: (i64, i64),
    fee: i64,
    status: &'static str,
    is_paid: bool,
    // Parts in a thousand of what is left each time.
    refunds: Vec<i64>,
    decimals: usize,
}

fn sold() -> impl Strategy<Value = Sold> {
    let line = (1_i64..40, 1_i64..1_000_000, 0_i64..=100, 0_i64..=30)
        .prop_map(|(quantity, amount, percent, rate)| (quantity, amount, amount * percent / 100, amount * rate / 100));
    let lines = prop::collection::vec(line, 1..6);
    let refunds = prop::collection::vec(1_i64..1_000, 0..4);
    // Something is always left to be paid.
    let shipping = (1_i64..5_000, 0_i64..1_000);
    let decimals = prop::sample::select(vec![0_usize, 2, 3]);
    let status = prop::sample::select(STATUSES.to_vec());
    (lines, shipping, 0_i64..2_000, status, any::<bool>(), refunds, decimals).prop_map(
        |(lines, shipping, fee, status, is_paid, refunds, decimals)| Sold {
            lines,
            shipping,
            fee,
            status,
            is_paid,
            refunds,
            decimals,
        },
    )
}

impl Sold {
    fn currency(&self) -> &'static str {
        match self.decimals {
            0 => "JPY",
            2 => "CZK",
            _ => "KWD",
        }
    }

    fn written(&self, minor: i64) -> String {
        domain::money::Money::new(minor, self.currency().parse().unwrap()).plain()
    }

    fn tax(&self) -> i64 {
        self.lines.iter().map(|line| line.3).sum::<i64>() + self.shipping.1
    }

    fn total(&self) -> i64 {
        let goods: i64 = self.lines.iter().map(|(_, amount, off, _)| amount - off).sum();
        goods + self.shipping.0 + self.fee + self.tax()
    }

    // What was given back; nothing of an order that nobody paid.
    fn given_back(&self) -> Vec<i64> {
        if !self.is_paid() || self.status == "refunded" {
            return Vec::new();
        }
        let mut left = self.total();
        let amounts = self.refunds.iter().map(|part| {
            let amount = left * part / 1_000;
            left -= amount;
            amount
        });
        amounts.filter(|amount| *amount > 0).collect()
    }

    fn is_paid(&self) -> bool {
        self.is_paid || matches!(self.status, "completed" | "refunded")
    }

    fn json(&self) -> Value {
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|(quantity, amount, off, tax)| {
                json!({
                    "name": "Tea", "quantity": quantity, "subtotal": self.written(*amount),
                    "total": self.written(amount - off), "total_tax": self.written(*tax),
                })
            })
            .collect();
        let refunds: Vec<Value> =
            self.given_back().iter().map(|amount| json!({ "total": self.written(-amount) })).collect();
        json!({
            "id": 1, "status": self.status, "currency": self.currency(), "prices_include_tax": false,
            "date_created_gmt": "2026-02-01T08:00:00", "line_items": lines, "refunds": refunds,
            "shipping_lines": [{ "total": self.written(self.shipping.0), "total_tax": self.written(self.shipping.1) }],
            "fee_lines": [{ "name": "Fee", "total": self.written(self.fee), "total_tax": self.written(0) }],
            "total": self.written(self.total()), "total_tax": self.written(self.tax()),
            "date_paid_gmt": self.is_paid.then_some("2026-02-01T09:00:00"),
        })
    }

    fn payment_status(&self) -> PaymentStatus {
        match (self.is_paid(), self.status) {
            (_, "refunded") => PaymentStatus::Refunded,
            (true, _) if !self.given_back().is_empty() => PaymentStatus::PartiallyRefunded,
            (true, _) => PaymentStatus::Paid,
            (false, "cancelled" | "failed") => PaymentStatus::Voided,
            (false, _) => PaymentStatus::Pending,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if db::testing::full_counts() { 20_000 } else { 256 }))]

    #[test]
    fn totals_states_and_refunds_are_read_back(sold in sold()) {
        let text = Value::from(vec![sold.json()]).to_string();
        let all = read(Format::WoocommerceJson, text.as_bytes()).unwrap();
        let read = order(&all[0]);
        prop_assert!(all[0].notes.is_empty(), "{:?}", all[0].notes);
        let amounts = read.amounts();
        prop_assert_eq!((amounts.total(), amounts.tax), (sold.total(), sold.tax()));
        prop_assert_eq!((amounts.shipping, amounts.fees), (sold.shipping.0, sold.fee));
        let goods: i64 = sold.lines.iter().map(|(_, amount, off, _)| amount - off).sum();
        prop_assert_eq!(amounts.gross - amounts.discounts, goods);
        // Prices of pieces are rounded up by less than a minor unit each.
        for (item, (quantity, amount, off, tax)) in read.items().iter().zip(&sold.lines) {
            prop_assert_eq!(item.amount() - item.discount, amount - off);
            prop_assert!((0..*quantity).contains(&(item.amount() - amount)));
            prop_assert!(item.tax.is_none_or(|told| told == *tax));
        }
        let standing = read.standing();
        prop_assert_eq!(standing.payment_status(), sold.payment_status());
        let is_off = matches!(sold.status, "cancelled" | "failed");
        prop_assert_eq!(standing.status, if is_off { OrderStatus::Cancelled } else { OrderStatus::Open });
        let is_sent = standing.fulfilment_status() == FulfilmentStatus::Fulfilled;
        prop_assert_eq!(is_sent, sold.status == "completed");
        let refunds: Vec<i64> = read.refunds().map(|(_, parts, _)| parts.total()).collect();
        let expected = if sold.status == "refunded" { vec![sold.total()] } else { sold.given_back() };
        prop_assert_eq!(refunds, expected);
    }
}
