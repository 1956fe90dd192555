//! Giving money back on a sale: all that is left, or by line.

use serde::{Deserialize, Serialize};

use super::status::{OrderKind, OrderStatus, PaymentStatus};
use crate::fields::FieldErrors;

/// What a person or program asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RefundRequest {
    /// Everything that was not given back yet.
    Full,
    /// These lines, by their position (from 1) and how many pieces.
    Lines(Vec<(i32, i64)>),
}

/// What the rule needs to know of the order.
#[derive(Clone, Copy, Debug)]
pub struct Refundable<'a> {
    /// Sale or return.
    pub kind: OrderKind,
    /// Whether it stands.
    pub status: OrderStatus,
    /// Minor units paid: the order's total.
    pub total: i64,
    /// Minor units given back so far.
    pub refunded: i64,
    /// Its lines.
    pub lines: &'a [Line],
}

/// What is said about refunds of an order for which nothing was paid.
pub const FREE: &str = "This order was free, so there is nothing to refund.";

/// One line as the rule sees it.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Position in the order, from 1.
    pub position: i32,
    /// Pieces sold.
    pub quantity: i64,
    /// Pieces given back so far.
    pub refunded_quantity: i64,
    /// Minor units a piece.
    pub unit_price: i64,
}

impl Refundable<'_> {
    /// What can still be given back, in minor units.
    pub const fn left(&self) -> i64 {
        self.total - self.refunded
    }

    /// Whether nothing was paid in the first place.
    pub const fn is_free(&self) -> bool {
        self.total <= 0 && self.refunded == 0
    }

    /// The amount of `request`, when the order allows it.
    ///
    /// # Errors
    /// All reasons against it, by field: `order`, `amount` or `lines[n]`.
    pub fn amount(&self, request: &RefundRequest) -> Result<i64, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.add_if(self.kind == OrderKind::Return, "order", "A return order cannot be refunded.");
        errors.add_if(
            self.status == OrderStatus::Cancelled,
            "order",
            "This order is cancelled, so there is nothing to refund.",
        );
        if errors.is_empty() {
            errors.add_if(self.is_free(), "order", FREE);
            let spent = self.left() <= 0 && !self.is_free();
            errors.add_if(spent, "order", "Everything paid on this order was already refunded.");
        }
        let amount = match request {
            RefundRequest::Full => self.left(),
            RefundRequest::Lines(wanted) => self.amount_of_lines(wanted, &mut errors),
        };
        if errors.is_empty() {
            errors.add_if(amount <= 0, "amount", "Choose at least one line with a price above zero.");
            errors.add_if(amount > self.left(), "amount", "This is more than the remaining paid amount.");
        }
        errors.into_result(amount)
    }

    /// The payment status once `amount` more was given back.
    pub const fn payment_after(&self, amount: i64) -> PaymentStatus {
        if self.refunded + amount >= self.total { PaymentStatus::Refunded } else { PaymentStatus::PartiallyRefunded }
    }

    fn amount_of_lines(&self, wanted: &[(i32, i64)], errors: &mut FieldErrors) -> i64 {
        let mut amount = 0_i64;
        for (i, (position, quantity)) in wanted.iter().enumerate() {
            let field = format!("lines[{position}]");
            let Some(line) = self.lines.iter().find(|l| l.position == *position) else {
                errors.add(field, "This order has no such line.");
                continue;
            };
            let repeated = wanted[..i].iter().any(|(p, _)| p == position);
            errors.add_if(repeated, &field, "This line is listed twice.");
            errors.add_if(*quantity <= 0, &field, "Enter a quantity above 0.");
            let left = line.quantity - line.refunded_quantity;
            errors.add_if(*quantity > left, &field, format!("Enter a quantity of {left} or less."));
            amount = amount.saturating_add(quantity.saturating_mul(line.unit_price));
        }
        amount
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LINES: [Line; 2] = [
        Line { position: 1, quantity: 3, refunded_quantity: 1, unit_price: 1_000 },
        Line { position: 2, quantity: 1, refunded_quantity: 0, unit_price: 250 },
    ];

    fn sale(refunded: i64) -> Refundable<'static> {
        Refundable { kind: OrderKind::Sale, status: OrderStatus::Open, total: 3_250, refunded, lines: &LINES }
    }

    #[test]
    fn full_and_by_line() {
        assert_eq!(sale(1_000).amount(&RefundRequest::Full), Ok(2_250));
        assert_eq!(sale(1_000).amount(&RefundRequest::Lines(vec![(1, 2), (2, 1)])), Ok(2_250));
        assert_eq!(sale(1_000).payment_after(2_250), PaymentStatus::Refunded);
        assert_eq!(sale(1_000).payment_after(2_249), PaymentStatus::PartiallyRefunded);
    }

    #[test]
    fn what_cannot_be_refunded_is_named() {
        let fault = |r: &Refundable, request| r.amount(&request).unwrap_err().0[0].field.clone();
        assert_eq!(fault(&sale(0), RefundRequest::Lines(vec![(1, 3)])), "lines[1]");
        assert_eq!(fault(&sale(0), RefundRequest::Lines(vec![(9, 1)])), "lines[9]");
        assert_eq!(fault(&sale(0), RefundRequest::Lines(vec![(1, 1), (1, 1)])), "lines[1]");
        assert_eq!(fault(&sale(0), RefundRequest::Lines(vec![(2, 0)])), "lines[2]");
        assert_eq!(fault(&sale(0), RefundRequest::Lines(vec![])), "amount");
        assert_eq!(fault(&sale(2_000), RefundRequest::Lines(vec![(1, 2)])), "amount");
        assert_eq!(fault(&sale(3_250), RefundRequest::Full), "order");
        assert_eq!(fault(&Refundable { status: OrderStatus::Cancelled, ..sale(0) }, RefundRequest::Full), "order");
        assert_eq!(fault(&Refundable { kind: OrderKind::Return, ..sale(0) }, RefundRequest::Full), "order");
    }

    #[test]
    fn a_free_order_was_never_paid_and_so_not_refunded_either() {
        let free = Refundable { total: 0, ..sale(0) };
        for request in [RefundRequest::Full, RefundRequest::Lines(vec![(1, 1)])] {
            let faults = free.amount(&request).unwrap_err();
            assert_eq!(faults.of("order"), Some(FREE));
        }
        assert!(free.is_free() && !sale(0).is_free() && !sale(3_250).is_free());
    }

    proptest! {
        #[test]
        fn never_more_than_was_paid(refunded in 0_i64..4_000, wanted in prop::collection::vec((0_i32..4, -2_i64..6), 0..4)) {
            let order = sale(refunded);
            for request in [RefundRequest::Full, RefundRequest::Lines(wanted)] {
                if let Ok(amount) = order.amount(&request) {
                    prop_assert!(amount > 0 && refunded + amount <= order.total);
                }
            }
        }
    }
}
