//! Where a stored order stands, from its rows.

use domain::orders::refund::Parts;
use domain::orders::shares::{Share, Shared, shares};
use domain::orders::standing::Line;
use domain::orders::{Amounts, PaymentStatus, Standing};

use crate::entities::{order, order_item};

/// Where the order stands that has these lines.
pub(super) fn standing(order: &order::Model, items: &[order_item::Model]) -> Standing {
    let &order::Model { gross, discounts, shipping, tax, fees, .. } = order;
    let amounts = Amounts { gross, discounts, shipping, tax, fees };
    let line = |(item, share): (&order_item::Model, Share)| Line {
        position: item.position,
        kind: *item.kind,
        quantity: item.quantity,
        fulfilled: item.fulfilled_quantity.unwrap_or(0),
        refunded: item.refunded_quantity,
        value: item.amount - share.discount - if order.prices_include_tax { share.tax } else { 0 },
        tax: share.tax,
    };
    let [shipping, tax, fees] =
        [order.refunded_shipping, order.refunded_tax, order.refunded_fees].map(Option::unwrap_or_default);
    Standing {
        kind: *order.kind,
        status: *order.status,
        amounts,
        lines: items.iter().zip(shares_of(order, items)).map(line).collect(),
        paid: order.paid.unwrap_or_else(|| amounts.total()),
        authorized: order.authorized.unwrap_or(0),
        is_voided: *order.payment_status == PaymentStatus::Voided,
        refunded: Parts { goods: order.refunded - shipping - tax - fees, shipping, tax, fees },
        is_on_hold: order.is_on_hold,
    }
}

/// What each line bears. Orders that were stored before lines kept it are shared out as they would be today.
pub(super) fn shares_of(order: &order::Model, items: &[order_item::Model]) -> Vec<Share> {
    let stored = |item: &order_item::Model| Share { discount: item.discount.unwrap_or(0), tax: item.tax.unwrap_or(0) };
    let is_shared =
        |is_any: bool, of: fn(&order_item::Model) -> Option<i64>| !is_any || items.iter().any(|i| of(i).is_some());
    if is_shared(order.discounts != 0, |item| item.discount) && is_shared(order.tax != 0, |item| item.tax) {
        return items.iter().map(stored).collect();
    }
    let line = |item: &order_item::Model| Shared { kind: *item.kind, amount: item.amount, discount: 0, tax: None };
    let lines: Vec<Shared> = items.iter().map(line).collect();
    shares(&lines, order.discounts, order.tax)
}
