//! Refunds of everything, of lines, of shipping and of amounts: what they come to, and what is refused.

use super::*;
use crate::orders::new_order::Amounts;
use crate::orders::status::OrderStatus;
use proptest::prelude::*;

// 3 at 10.00 and 1 at 2.50, with 3.00 off, 6.50 tax and 5.00 shipping.
fn sale() -> Standing {
    let line = |position, quantity, value, tax| Line {
        position,
        kind: ItemKind::Product,
        quantity,
        fulfilled: 0,
        refunded: 0,
        value,
        tax,
    };
    let amounts = Amounts { gross: 3_250, discounts: 300, shipping: 500, tax: 650, fees: 0 };
    let lines = vec![line(1, 3, 2_723, 600), line(2, 1, 227, 50)];
    Standing { amounts, lines, paid: amounts.total(), ..Standing::default() }
}

fn fault(standing: &Standing, request: &RefundRequest) -> String {
    standing.clone().refund(request).unwrap_err().0[0].field.clone()
}

#[test]
fn everything_is_given_back_by_its_parts() {
    let mut order = sale();
    let refund = order.refund(&RefundRequest::full()).unwrap();
    assert_eq!(refund.parts, Parts { goods: 2_950, shipping: 500, tax: 650, fees: 0 });
    assert_eq!(refund.lines.len(), 2);
    assert_eq!(fault(&order, &RefundRequest::full()), "order");
}

#[test]
fn lines_take_their_discount_and_tax_along_and_come_to_the_whole() {
    let mut order = sale();
    let mut given_back = Parts::default();
    for _ in 0..3 {
        given_back += order.refund(&RefundRequest::lines([(1, 1)])).unwrap().parts;
    }
    given_back += order.refund(&RefundRequest::lines([(2, 1)])).unwrap().parts;
    assert_eq!(given_back, Parts { goods: 2_950, shipping: 0, tax: 650, fees: 0 });
    let shipping = RefundRequest::Lines { lines: Vec::new(), shipping: 500 };
    assert_eq!(order.refund(&shipping).unwrap().parts, Parts { shipping: 500, ..Parts::default() });
    assert_eq!(order.refundable(), 0);
}

#[test]
fn an_amount_lowers_every_figure_in_proportion() {
    let mut order = sale();
    let parts = order.refund(&RefundRequest::Amount(410)).unwrap().parts;
    assert_eq!(parts, Parts { goods: 295, shipping: 50, tax: 65, fees: 0 });
    assert_eq!(order.refund(&RefundRequest::full()).unwrap().parts.total(), 4_100 - 410);
    assert_eq!(order.refunded, order.sold());
}

#[test]
fn what_cannot_be_refunded_is_named() {
    let order = sale();
    assert_eq!(fault(&order, &RefundRequest::lines([(1, 4)])), "lines[1]");
    assert_eq!(fault(&order, &RefundRequest::lines([(9, 1)])), "lines[9]");
    assert_eq!(fault(&order, &RefundRequest::lines([(1, 1), (1, 1)])), "lines[1]");
    assert_eq!(fault(&order, &RefundRequest::lines([(2, 0)])), "lines[2]");
    assert_eq!(fault(&order, &RefundRequest::lines([])), "amount");
    assert_eq!(fault(&order, &RefundRequest::Amount(4_101)), "amount");
    assert_eq!(fault(&order, &RefundRequest::Amount(0)), "amount");
    assert_eq!(fault(&order, &RefundRequest::Lines { lines: Vec::new(), shipping: 501 }), "shipping");
    assert_eq!(fault(&Standing { kind: OrderKind::Return, ..order.clone() }, &RefundRequest::full()), "order");
    assert_eq!(fault(&Standing { paid: 0, ..order }, &RefundRequest::full()), "order");
}

#[test]
fn the_money_of_a_cancelled_order_is_given_back() {
    let mut order = Standing { status: OrderStatus::Cancelled, ..sale() };
    assert_eq!(order.refund(&RefundRequest::full()).unwrap().parts.total(), 4_100);
}

#[test]
fn what_was_paid_in_part_is_given_back_in_part() {
    let mut order = Standing { paid: 1_000, ..sale() };
    assert_eq!(order.refund(&RefundRequest::full()).unwrap().parts.total(), 1_000);
}

#[test]
fn a_free_order_was_never_paid_and_so_not_refunded_either() {
    let mut free = Standing { amounts: Amounts::default(), paid: 0, ..sale() };
    for request in [RefundRequest::full(), RefundRequest::lines([(1, 1)])] {
        assert_eq!(free.refund(&request).unwrap_err().of("order"), Some(FREE));
    }
}

proptest! {
    #[test]
    fn never_more_than_was_paid_and_to_the_penny_in_the_end(
        requests in prop::collection::vec(
            prop_oneof![
                (1_i32..3, 1_i64..4).prop_map(|line| RefundRequest::lines([line])),
                (0_i64..5_000).prop_map(RefundRequest::Amount),
                (0_i64..600).prop_map(|shipping| RefundRequest::Lines { lines: Vec::new(), shipping }),
            ],
            0..8,
        ),
    ) {
        let mut order = sale();
        for request in requests {
            let before = order.clone();
            match order.refund(&request) {
                Ok(refund) => prop_assert!(refund.parts.total() > 0 && order.refunded.total() <= order.paid),
                Err(_) => prop_assert_eq!(&order, &before),
            }
        }
        if order.refundable() > 0 {
            order.refund(&RefundRequest::full()).unwrap();
        }
        prop_assert_eq!(order.refunded, order.sold());
    }
}
