//! Every status with every act, as tables.

mod properties;

use super::*;
use crate::orders::refund::RefundRequest;

/// What may happen to an order. Amounts are minor units, lines are positions and pieces.
#[derive(Clone, Debug, PartialEq)]
enum Act {
    Pay(PaymentKind, i64),
    Refund(RefundRequest),
    Fulfil(Vec<(i32, i64)>),
    Cancel,
    Close,
    Reopen,
    Hold,
    Release,
}

// Does what the program does with an act; whether the order allows it.
fn perform(order: &mut Standing, act: &Act) -> bool {
    match act {
        Act::Pay(kind, amount) => order.pay(*kind, *amount).is_ok(),
        Act::Refund(request) => order.refund(request).is_ok(),
        Act::Fulfil(lines) => order.fulfil(lines).is_ok(),
        Act::Cancel => {
            let is_allowed = order.check_cancel().is_ok();
            if is_allowed {
                order.status = OrderStatus::Cancelled;
            }
            is_allowed
        }
        Act::Close => order.close(true).is_ok(),
        Act::Reopen => order.close(false).is_ok(),
        Act::Hold => order.hold(true).is_ok(),
        Act::Release => order.hold(false).is_ok(),
    }
}

// Two pieces at 5.00, nothing paid yet.
fn sale() -> Standing {
    let line =
        Line { position: 1, kind: ItemKind::Product, quantity: 2, fulfilled: 0, refunded: 0, value: 1_000, tax: 0 };
    Standing { amounts: Amounts { gross: 1_000, ..Amounts::default() }, lines: vec![line], ..Standing::default() }
}

fn refunded(goods: i64) -> Parts {
    Parts { goods, ..Parts::default() }
}

fn with_line(fulfilled: i64, refunded: i64) -> Standing {
    let mut order = Standing { paid: 1_000, ..sale() };
    (order.lines[0].fulfilled, order.lines[0].refunded) = (fulfilled, refunded);
    order
}

// What follows from `act`: none where it is refused, and then nothing may have changed.
fn after<T>(order: &Standing, act: &Act, status: fn(&Standing) -> T) -> Option<T> {
    let mut changed = order.clone();
    let is_allowed = perform(&mut changed, act);
    assert!(is_allowed || changed == *order, "{act:?} was refused and changed {order:?}");
    is_allowed.then(|| status(&changed))
}

#[test]
fn every_payment_status_with_every_act() {
    use PaymentStatus::{Authorized, Paid, PartiallyPaid, PartiallyRefunded, Pending, Refunded, Voided};

    let acts = [
        Act::Pay(PaymentKind::Charge, 100),
        Act::Pay(PaymentKind::Authorization, 100),
        Act::Pay(PaymentKind::Capture, 100),
        Act::Pay(PaymentKind::Void, 0),
        Act::Pay(PaymentKind::Refund, 100),
        Act::Refund(RefundRequest::Amount(100)),
        Act::Refund(RefundRequest::full()),
        Act::Cancel,
        Act::Close,
        Act::Reopen,
        Act::Hold,
        Act::Release,
        Act::Fulfil(Vec::new()),
    ];
    let same = |status| [Some(status), Some(status), None, Some(status), None, Some(status)];
    let paid = |paid| Standing { paid, ..sale() };
    let none = [None; 7];
    #[rustfmt::skip]
    let table = [
        // charge, authorization, capture, void, refund as a payment, refund of an amount, refund of everything
        (sale(), Pending, [Some(PartiallyPaid), Some(Authorized), None, None, None, None, None]),
        (Standing { authorized: 1_000, ..sale() }, Authorized,
            [Some(PartiallyPaid), None, Some(PartiallyPaid), Some(Voided), None, None, None]),
        (paid(400), PartiallyPaid,
            [Some(PartiallyPaid), Some(PartiallyPaid), None, None, None, Some(PartiallyRefunded), Some(Refunded)]),
        (paid(1_000), Paid, [None, None, None, None, None, Some(PartiallyRefunded), Some(Refunded)]),
        (Standing { refunded: refunded(300), ..paid(1_000) }, PartiallyRefunded,
            [None, None, None, None, None, Some(PartiallyRefunded), Some(Refunded)]),
        (Standing { refunded: refunded(1_000), ..paid(1_000) }, Refunded, none),
        (Standing { is_voided: true, ..sale() }, Voided,
            [Some(PartiallyPaid), Some(Authorized), None, None, None, None, None]),
    ];
    assert_eq!(table.len(), PaymentStatus::ALL.len());
    for (order, status, of_money) in table {
        assert_eq!(order.payment_status(), status);
        let expected: Vec<_> = of_money.into_iter().chain(same(status)).collect();
        let found: Vec<_> = acts.iter().map(|act| after(&order, act, Standing::payment_status)).collect();
        assert_eq!(found, expected, "{status}");
    }
}

#[test]
fn the_last_charge_or_capture_makes_an_order_paid() {
    for (order, act) in [
        (sale(), Act::Pay(PaymentKind::Charge, 1_000)),
        (Standing { paid: 999, ..sale() }, Act::Pay(PaymentKind::Charge, 1)),
        (Standing { authorized: 1_000, ..sale() }, Act::Pay(PaymentKind::Capture, 1_000)),
        (Standing { is_voided: true, ..sale() }, Act::Pay(PaymentKind::Charge, 1_000)),
    ] {
        assert_eq!(after(&order, &act, Standing::payment_status), Some(PaymentStatus::Paid), "{act:?}");
    }
    let free = Standing { amounts: Amounts::default(), ..sale() };
    assert_eq!(free.payment_status(), PaymentStatus::Paid);
    let more = Act::Pay(PaymentKind::Charge, 1_001);
    assert_eq!(after(&sale(), &more, Standing::payment_status), None);
}

#[test]
fn every_fulfilment_status_with_every_act() {
    use FulfilmentStatus::{Fulfilled, NotRequired, OnHold, PartiallyFulfilled, Unfulfilled};

    let acts = [
        Act::Fulfil(vec![(1, 1)]),
        Act::Fulfil(Vec::new()),
        Act::Hold,
        Act::Release,
        Act::Cancel,
        Act::Refund(RefundRequest::lines([(1, 1)])),
        Act::Refund(RefundRequest::lines([(1, 2)])),
        Act::Refund(RefundRequest::Amount(10)),
        Act::Close,
        Act::Reopen,
    ];
    #[rustfmt::skip]
    let table = [
        // fulfil a piece, fulfil all, hold, release, cancel, refund a piece, refund two, refund an amount
        (with_line(0, 0), Unfulfilled, [Some(PartiallyFulfilled), Some(Fulfilled), Some(OnHold), None, Some(Unfulfilled),
            Some(Unfulfilled), Some(NotRequired), Some(Unfulfilled)]),
        (with_line(1, 0), PartiallyFulfilled, [Some(Fulfilled), Some(Fulfilled), Some(OnHold), None, None,
            Some(Fulfilled), Some(Fulfilled), Some(PartiallyFulfilled)]),
        (with_line(2, 0), Fulfilled, [None, None, None, None, None, Some(Fulfilled), Some(Fulfilled), Some(Fulfilled)]),
        (Standing { is_on_hold: true, ..with_line(0, 0) }, OnHold, [None, None, None, Some(Unfulfilled), Some(OnHold),
            Some(OnHold), Some(NotRequired), Some(OnHold)]),
        (with_line(0, 2), NotRequired, [None, None, None, None, Some(NotRequired), None, None, Some(NotRequired)]),
    ];
    assert_eq!(table.len(), FulfilmentStatus::ALL.len());
    for (order, status, of_goods) in table {
        assert_eq!(order.fulfilment_status(), status);
        let expected: Vec<_> = of_goods.into_iter().chain([Some(status), None]).collect();
        let found: Vec<_> = acts.iter().map(|act| after(&order, act, Standing::fulfilment_status)).collect();
        assert_eq!(found, expected, "{status}");
    }
}

#[test]
fn every_order_status_with_every_act() {
    use OrderStatus::{Cancelled, Closed, Open};

    let acts = [
        Act::Pay(PaymentKind::Charge, 100),
        Act::Refund(RefundRequest::Amount(100)),
        Act::Fulfil(Vec::new()),
        Act::Cancel,
        Act::Close,
        Act::Reopen,
        Act::Hold,
        Act::Release,
    ];
    #[rustfmt::skip]
    let table = [
        (Open, [Some(Open), Some(Open), Some(Open), Some(Cancelled), Some(Closed), None, Some(Open), None]),
        (Closed, [Some(Closed), Some(Closed), Some(Closed), Some(Cancelled), None, Some(Open), Some(Closed), None]),
        (Cancelled, [None, Some(Cancelled), None, None, None, None, None, None]),
    ];
    assert_eq!(table.len(), OrderStatus::ALL.len());
    for (status, expected) in table {
        let order = Standing { status, paid: 400, ..sale() };
        let found: Vec<_> = acts.iter().map(|act| after(&order, act, |order| order.status)).collect();
        assert_eq!(found, expected, "{status}");
    }
}

#[test]
fn a_return_is_a_fact_of_the_past() {
    let mut credit = Standing { kind: OrderKind::Return, ..sale() };
    (credit.lines[0].quantity, credit.lines[0].value, credit.amounts.gross) = (-2, -1_000, -1_000);
    credit.paid = credit.amounts.total();
    assert_eq!(
        (credit.payment_status(), credit.fulfilment_status()),
        (PaymentStatus::Paid, FulfilmentStatus::NotRequired)
    );
    for act in [
        Act::Pay(PaymentKind::Charge, 1),
        Act::Refund(RefundRequest::full()),
        Act::Fulfil(Vec::new()),
        Act::Cancel,
        Act::Hold,
        Act::Release,
        Act::Reopen,
    ] {
        assert_eq!(after(&credit, &act, |order| order.status), None, "{act:?}");
    }
    assert_eq!(after(&credit, &Act::Close, |order| order.status), Some(OrderStatus::Closed));
}

#[test]
fn what_cannot_be_sent_is_named() {
    let mut order = sale();
    let carriage = Line { position: 2, kind: ItemKind::Shipping, quantity: 1, ..order.lines[0] };
    order.lines.push(carriage);
    let faults = |order: &Standing, lines: &[(i32, i64)]| -> Vec<String> {
        let faults = order.clone().fulfil(lines).unwrap_err().0;
        faults.into_iter().map(|fault| fault.field).collect()
    };
    assert_eq!(faults(&order, &[(9, 1)]), ["lines[9]"]);
    assert_eq!(faults(&order, &[(2, 1)]), ["lines[2]"], "carriage is nothing to send");
    assert_eq!(faults(&order, &[(1, 3)]), ["lines[1]"]);
    assert_eq!(faults(&order, &[(1, 0)]), ["lines[1]"]);
    assert_eq!(faults(&order, &[(1, 1), (1, 1)]), ["lines[1]"]);
    assert_eq!(faults(&Standing { is_on_hold: true, ..order.clone() }, &[]), ["order"]);
    assert_eq!(faults(&Standing { status: OrderStatus::Cancelled, ..order.clone() }, &[]), ["order"]);
    assert_eq!(order.fulfil(&[]).unwrap(), [(1, 2)], "all goods that are left");
    assert_eq!(faults(&order, &[]), ["order"]);
    let bill = Standing { lines: vec![carriage], ..sale() };
    assert_eq!(bill.fulfilment_status(), FulfilmentStatus::NotRequired, "an order without goods");
}
