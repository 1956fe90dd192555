//! Any sequence of acts: amounts stay within each other, statuses follow from them, and what is refused changes nothing.

use proptest::prelude::*;

use super::{Act, perform};
use crate::orders::new_order::Amounts;
use crate::orders::refund::RefundRequest;
use crate::orders::standing::{Line, Standing};
use crate::orders::status::{FulfilmentStatus, ItemKind, OrderStatus, PaymentKind, PaymentStatus};

// What each status means, said once more.
fn payment_status(order: &Standing) -> PaymentStatus {
    let (paid, refunded, total) = (order.paid, order.refunded.total(), order.amounts.total());
    if refunded > 0 {
        if refunded == paid { PaymentStatus::Refunded } else { PaymentStatus::PartiallyRefunded }
    } else if paid >= total {
        PaymentStatus::Paid
    } else if paid > 0 {
        PaymentStatus::PartiallyPaid
    } else if order.authorized > 0 {
        PaymentStatus::Authorized
    } else if order.is_voided {
        PaymentStatus::Voided
    } else {
        PaymentStatus::Pending
    }
}

fn fulfilment_status(order: &Standing) -> FulfilmentStatus {
    let goods = || order.lines.iter().filter(|line| line.kind == ItemKind::Product);
    let sent: i64 = goods().map(|line| line.fulfilled).sum();
    let left: i64 = order.unsent().iter().map(|(_, pieces)| pieces).sum();
    let expected: i64 = goods().map(|line| (line.quantity - line.fulfilled - line.refunded).max(0)).sum();
    assert_eq!(left, expected, "{order:?}");
    match (sent > 0, left > 0) {
        (_, true) if order.is_on_hold => FulfilmentStatus::OnHold,
        (false, true) => FulfilmentStatus::Unfulfilled,
        (true, true) => FulfilmentStatus::PartiallyFulfilled,
        (true, false) => FulfilmentStatus::Fulfilled,
        (false, false) => FulfilmentStatus::NotRequired,
    }
}

// Of up to three lines of goods and one of carriage, what each costs and its tax.
fn any_sale() -> impl Strategy<Value = Standing> {
    let goods = prop::collection::vec((1_i64..5, 0_i64..5_000, 0_i64..900), 0..4);
    (goods, 0_i64..900, 0_i64..200).prop_map(|(goods, shipping, tax)| {
        let carriage = (1, shipping, tax);
        let kinds = std::iter::repeat_n(ItemKind::Product, goods.len()).chain([ItemKind::Shipping]);
        let line = |(position, (kind, (quantity, value, tax)))| Line {
            position,
            kind,
            quantity,
            fulfilled: 0,
            refunded: 0,
            value,
            tax,
        };
        let lines: Vec<Line> = (1..).zip(kinds.zip(goods.into_iter().chain([carriage]))).map(line).collect();
        let sum = |of: fn(&Line) -> i64| lines.iter().map(of).sum::<i64>();
        let tax = sum(|line| line.tax);
        let amounts = Amounts { gross: sum(|line| line.value) - shipping, shipping, tax, ..Amounts::default() };
        Standing { amounts, lines, ..Standing::default() }
    })
}

fn any_act() -> impl Strategy<Value = Act> {
    let kind = prop::sample::select(PaymentKind::ALL.to_vec());
    let lines = || prop::collection::vec((1_i32..6, -1_i64..4), 0..3);
    let refund = prop_oneof![
        Just(RefundRequest::full()),
        lines().prop_map(RefundRequest::lines),
        (-10_i64..6_000).prop_map(RefundRequest::Amount),
        (-10_i64..1_000).prop_map(|shipping| RefundRequest::Lines { lines: Vec::new(), shipping }),
    ];
    prop_oneof![
        4 => (kind, -10_i64..9_000).prop_map(|(kind, amount)| Act::Pay(kind, amount)),
        3 => lines().prop_map(Act::Fulfil),
        3 => refund.prop_map(Act::Refund),
        1 => prop::sample::select(vec![Act::Cancel, Act::Close, Act::Reopen, Act::Hold, Act::Release]),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_to_an_order_its_amounts_and_statuses_agree(
        sale in any_sale(), acts in prop::collection::vec(any_act(), 0..30),
    ) {
        let mut order = sale;
        for act in &acts {
            let before = order.clone();
            if !perform(&mut order, act) {
                prop_assert_eq!(&order, &before, "{:?} was refused", act);
                continue;
            }
            let refunded = order.refunded.total();
            prop_assert!((0..=order.paid).contains(&refunded) && order.paid <= order.amounts.total(), "{act:?}");
            prop_assert!(before.refunded.total() <= refunded && before.paid <= order.paid, "neither is ever undone");
            prop_assert!(order.authorized >= 0 && order.outstanding() == order.amounts.total() - order.paid);
            for line in &order.lines {
                prop_assert!((0..=line.quantity).contains(&line.fulfilled), "{act:?} {line:?}");
                prop_assert!((0..=line.quantity).contains(&line.refunded), "{act:?} {line:?}");
                prop_assert!(line.kind == ItemKind::Product || line.fulfilled == 0);
            }
            prop_assert_eq!(order.payment_status(), payment_status(&order));
            prop_assert_eq!(order.fulfilment_status(), fulfilment_status(&order));
            prop_assert!(before.status != OrderStatus::Cancelled || order.status == OrderStatus::Cancelled);
            // What is stored of it says as much.
            let stored = Standing { is_voided: order.payment_status() == PaymentStatus::Voided, ..order.clone() };
            prop_assert_eq!(stored.payment_status(), order.payment_status());
        }
    }
}
