//! Any order, written as Shopify would, is read back as it was.

use domain::orders::{FulfilmentStatus, OrderStatus, PaymentStatus};
use proptest::prelude::*;

use super::shopify_csv::{row, shopify};
use super::*;

/// An order of a shop, as the test's own writer has it. Amounts are cents.
#[derive(Clone, Debug)]
struct Sold {
    lines: Vec<(i64, i64, i64)>,
    of_order: i64,
    free_shipping: i64,
    shipping: i64,
    tax: i64,
    includes_tax: bool,
    tip: i64,
    financial: &'static str,
    is_sent: bool,
    is_cancelled: bool,
    minutes: i64,
}

fn sold() -> impl Strategy<Value = Sold> {
    let line = (1_i64..9, 0_i64..50_000, 0_i64..100)
        .prop_map(|(quantity, price, percent)| (quantity, price, quantity * price * percent / 200));
    let money = (0_i64..100, 0_i64..900, 0_i64..2_000, 0_i64..25, any::<bool>(), 0_i64..500);
    let financial = ["paid", "pending", "authorized", "voided", "refunded", "partially_refunded", "partially_paid"];
    let states = (prop::sample::select(financial.to_vec()), any::<bool>(), any::<bool>(), 0_i64..60_000);
    (prop::collection::vec(line, 1..6), money, states).prop_map(|(lines, money, states)| {
        let (percent, free_shipping, shipping, tax, includes_tax, tip) = money;
        let (financial, is_sent, is_cancelled, minutes) = states;
        let left: i64 = lines.iter().map(|(quantity, price, discount)| quantity * price - discount).sum();
        let of_order = left * percent / 200;
        let tax = (left - of_order) * tax / 100;
        Sold {
            lines,
            of_order,
            free_shipping,
            shipping,
            tax,
            includes_tax,
            tip,
            financial,
            is_sent,
            is_cancelled,
            minutes,
        }
    })
}

impl Sold {
    fn subtotal(&self) -> i64 {
        let goods = self.lines.iter().map(|(quantity, price, discount)| quantity * price - discount);
        goods.sum::<i64>() - self.of_order
    }

    fn total(&self) -> i64 {
        self.subtotal() + self.tip + self.shipping + if self.includes_tax { 0 } else { self.tax }
    }

    fn refunded(&self) -> i64 {
        match self.financial {
            "refunded" => self.total(),
            "partially_refunded" => (self.total() / 3).max(1),
            _ => 0,
        }
    }

    fn placed(&self) -> DateTime<Utc> {
        "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + chrono::TimeDelta::minutes(self.minutes)
    }

    fn rows(&self, number: &str) -> Vec<String> {
        let euros = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
        let discounts =
            self.lines.iter().map(|(_, _, discount)| discount).sum::<i64>() + self.of_order + self.free_shipping;
        let there = self.placed() + chrono::TimeDelta::hours(9);
        let created = format!("{} +0900", there.format("%Y-%m-%d %H:%M:%S"));
        let left = if self.financial == "partially_paid" { self.total() / 2 } else { 0 };
        let (subtotal, total, refunded) = (euros(self.subtotal()), euros(self.total()), euros(self.refunded()));
        let (shipping, taxes, discounts, left) = (euros(self.shipping), euros(self.tax), euros(discounts), euros(left));
        let head: [(&str, &str); 11] = [
            ("Financial Status", self.financial),
            ("Fulfillment Status", if self.is_sent { "fulfilled" } else { "unfulfilled" }),
            ("Currency", "EUR"),
            ("Subtotal", &subtotal),
            ("Shipping", &shipping),
            ("Taxes", &taxes),
            ("Total", &total),
            ("Discount Amount", &discounts),
            ("Cancelled at", if self.is_cancelled { &created } else { "" }),
            ("Refunded Amount", &refunded),
            ("Outstanding Balance", &left),
        ];
        let line = |index: usize, quantity: i64, name: &str, price: i64, discount: i64| {
            let (quantity, price, discount) = (quantity.to_string(), euros(price), euros(discount));
            let cells: [(&str, &str); 7] = [
                ("Name", number),
                ("Created at", &created),
                ("Lineitem quantity", &quantity),
                ("Lineitem name", name),
                ("Lineitem price", &price),
                ("Lineitem discount", &discount),
                ("Lineitem fulfillment status", if name == "Tip" { "not_eligible" } else { "pending" }),
            ];
            row(&[&cells[..], if index == 0 { &head[..] } else { &[] }].concat())
        };
        let tip = (self.tip > 0).then_some((1, self.tip, 0));
        let goods = self.lines.iter().map(|line| (*line, "Tea, \"green\""));
        let all = goods.chain(tip.map(|tip| (tip, "Tip"))).enumerate();
        all.map(|(index, ((quantity, price, discount), name))| line(index, quantity, name, price, discount)).collect()
    }

    fn payment(&self) -> PaymentStatus {
        match self.financial {
            "voided" => PaymentStatus::Voided,
            "pending" => PaymentStatus::Pending,
            "authorized" => PaymentStatus::Authorized,
            "partially_paid" => PaymentStatus::PartiallyPaid,
            "refunded" => PaymentStatus::Refunded,
            "partially_refunded" => PaymentStatus::PartiallyRefunded,
            _ => PaymentStatus::Paid,
        }
    }
}

proptest! {
    #[test]
    fn what_was_written_is_read_back(orders in prop::collection::vec(sold(), 1..4)) {
        // A free order has nothing to give back, and one cent cannot be given back or paid in part.
        let orders: Vec<Sold> = orders.into_iter().filter(|sold| sold.total() > 1).collect();
        prop_assume!(!orders.is_empty());
        let rows: Vec<String> = orders.iter().enumerate().flat_map(|(n, sold)| sold.rows(&format!("#{n}"))).collect();
        let all = shopify(&rows);
        prop_assert_eq!(all.len(), orders.len());
        for (parsed, sold) in all.iter().zip(&orders) {
            let Content::Order(order) = &parsed.content else { return Err(TestCaseError::fail(format!("{sold:?}: {parsed:?}"))) };
            let standing = order.standing();
            prop_assert_eq!(order.amounts().total(), sold.total());
            prop_assert_eq!(order.amounts().tax, sold.tax);
            prop_assert_eq!(standing.refunded.total(), sold.refunded());
            prop_assert_eq!(standing.payment_status(), sold.payment(), "{:?}", sold);
            prop_assert_eq!(standing.status == OrderStatus::Cancelled, sold.is_cancelled);
            prop_assert_eq!(standing.fulfilment_status() == FulfilmentStatus::Fulfilled, sold.is_sent);
            prop_assert_eq!(order.placed_at(), sold.placed());
        }
    }
}
