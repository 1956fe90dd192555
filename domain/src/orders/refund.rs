//! Giving money back on a sale: all that is left, by line and shipping, or an amount of one's own. A refund is split into the
//! parts of the figures that it lowers.

use std::ops::{Add, AddAssign, Neg, Sub};

use serde::{Deserialize, Serialize};

use super::shares::{part, spread};
use super::standing::{Line, Standing};
use super::status::{ItemKind, OrderKind};
use crate::fields::FieldErrors;

/// What a person or program asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RefundRequest {
    /// Everything that was paid and not given back yet.
    Full {
        /// Whether the goods go back on the shelf.
        restock: bool,
    },
    /// Pieces of lines, each with its share of discounts and tax, and shipping.
    Lines {
        /// The lines.
        lines: Vec<RefundLine>,
        /// Minor units given back for shipping, its tax included.
        shipping: i64,
    },
    /// So many minor units.
    Amount(i64),
}

/// Pieces of one line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefundLine {
    /// Position of the line in the order, from 1.
    pub position: i32,
    /// How many pieces.
    pub quantity: i64,
    /// Whether they go back on the shelf.
    pub restock: bool,
}

impl RefundRequest {
    /// Everything, nothing of it back on the shelf.
    pub const fn full() -> Self {
        Self::Full { restock: false }
    }

    /// Pieces of lines, by position and quantity, nothing of them back on the shelf.
    pub fn lines(lines: impl IntoIterator<Item = (i32, i64)>) -> Self {
        let line = |(position, quantity)| RefundLine { position, quantity, restock: false };
        Self::Lines { lines: lines.into_iter().map(line).collect(), shipping: 0 }
    }
}

/// An amount, split by the figures that it belongs to. Minor units.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Parts {
    /// Goods: net sales.
    pub goods: i64,
    /// Shipping, without tax.
    pub shipping: i64,
    /// Tax.
    pub tax: i64,
    /// Other charges.
    pub fees: i64,
}

impl Parts {
    /// The whole amount.
    pub const fn total(&self) -> i64 {
        self.goods + self.shipping + self.tax + self.fees
    }

    // `amount` in proportion to these parts.
    fn scaled(&self, amount: i64) -> Self {
        if amount == self.total() {
            return *self;
        }
        match spread(amount, &[self.goods, self.shipping, self.tax, self.fees])[..] {
            [goods, shipping, tax, fees] => Self { goods, shipping, tax, fees },
            _ => Self { goods: amount, ..Self::default() },
        }
    }
}

/// A refund that the order allows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refund {
    /// What is given back.
    pub parts: Parts,
    /// Which pieces it is for; none for an amount of one's own.
    pub lines: Vec<RefundLine>,
}

/// What is said about refunds of an order that cost nothing.
pub const FREE: &str = "This order was free, so there is nothing to refund.";

impl Standing {
    /// What can still be given back, in minor units.
    pub const fn refundable(&self) -> i64 {
        self.paid - self.refunded.total()
    }

    /// Whether the order cost nothing in the first place.
    pub const fn is_free(&self) -> bool {
        self.amounts.total() <= 0 && self.paid <= 0
    }

    /// What of shipping was not given back yet, its tax included.
    pub fn shipping_left(&self) -> i64 {
        let left = self.left();
        (left.shipping + self.shipping_tax().min(left.tax)).max(0)
    }

    /// What a piece more of `line` would give back.
    pub fn worth(&self, line: &Line, quantity: i64) -> Parts {
        let of = |whole: i64| part(whole, line.refunded, quantity, line.quantity);
        let (value, tax) = (of(line.value), of(line.tax));
        match line.kind {
            ItemKind::Product => Parts { goods: value, tax, ..Parts::default() },
            ItemKind::Shipping => Parts { shipping: value, tax, ..Parts::default() },
            ItemKind::Fee => Parts { fees: value, tax, ..Parts::default() },
            ItemKind::Discount => Parts::default(),
        }
    }

    /// Records a refund, when the order allows it.
    ///
    /// # Errors
    /// All reasons against it, by field: `order`, `amount`, `shipping` or `lines[n]`.
    pub fn refund(&mut self, request: &RefundRequest) -> Result<Refund, FieldErrors> {
        let mut errors = FieldErrors::default();
        self.find_faults(&mut errors);
        let (parts, lines) = match request {
            RefundRequest::Full { restock } => (self.left().scaled(self.refundable()), self.lines_left(*restock)),
            RefundRequest::Lines { lines, shipping } => (self.parts_of(lines, *shipping, &mut errors), lines.clone()),
            RefundRequest::Amount(amount) => (self.left().scaled(*amount), Vec::new()),
        };
        if errors.is_empty() {
            let nothing = match request {
                RefundRequest::Amount(_) => "Enter an amount above 0.",
                _ => "Choose at least one line with a price above zero.",
            };
            errors.add_if(parts.total() <= 0, "amount", nothing);
            errors.add_if(parts.total() > self.refundable(), "amount", "This is more than the remaining paid amount.");
        }
        errors.into_result(())?;
        for refunded in &lines {
            if let Some(line) = self.lines.iter_mut().find(|line| line.position == refunded.position) {
                line.refunded += refunded.quantity;
            }
        }
        self.refunded += parts;
        Ok(Refund { parts, lines })
    }

    fn find_faults(&self, errors: &mut FieldErrors) {
        errors.add_if(self.kind == OrderKind::Return, "order", "A return order cannot be refunded.");
        if errors.is_empty() {
            let fault = if self.is_free() {
                FREE
            } else if self.paid <= 0 {
                "Nothing was paid on this order, so there is nothing to refund."
            } else if self.refundable() <= 0 {
                "Everything paid on this order was already refunded."
            } else {
                return;
            };
            errors.add("order", fault);
        }
    }

    // What the order came to and was not given back.
    fn left(&self) -> Parts {
        self.sold() - self.refunded
    }

    fn lines_left(&self, restock: bool) -> Vec<RefundLine> {
        let left =
            |line: &Line| RefundLine { position: line.position, quantity: line.quantity - line.refunded, restock };
        self.lines.iter().map(left).filter(|line| line.quantity > 0).collect()
    }

    fn parts_of(&self, wanted: &[RefundLine], shipping: i64, errors: &mut FieldErrors) -> Parts {
        let mut parts = self.shipping_part(shipping, errors);
        for (i, RefundLine { position, quantity, .. }) in wanted.iter().enumerate() {
            let field = format!("lines[{position}]");
            let Some(line) = self.lines.iter().find(|line| line.position == *position) else {
                errors.add(field, "This order has no such line.");
                continue;
            };
            let repeated = wanted[..i].iter().any(|line| line.position == *position);
            errors.add_if(repeated, &field, "This line is listed twice.");
            errors.add_if(*quantity <= 0, &field, "Enter a quantity above 0.");
            let is_discount = line.kind == ItemKind::Discount;
            errors.add_if(
                is_discount,
                &field,
                "A discount is given back with the lines that it reduces. Choose those.",
            );
            let left = line.quantity - line.refunded;
            errors.add_if(*quantity > left, &field, format!("Enter a quantity of {left} or less."));
            if errors.is_empty() {
                parts += self.worth(line, *quantity);
            }
        }
        parts
    }

    fn shipping_part(&self, amount: i64, errors: &mut FieldErrors) -> Parts {
        errors.add_if(amount < 0, "shipping", "Enter 0 or more.");
        errors.add_if(amount > self.shipping_left(), "shipping", "This is more than what is left of shipping.");
        if amount <= 0 || !errors.is_empty() {
            return Parts::default();
        }
        let left = self.left();
        let whole = Parts { shipping: left.shipping, tax: self.shipping_tax().min(left.tax), ..Parts::default() };
        whole.scaled(amount)
    }
}

impl Add for Parts {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            goods: self.goods + other.goods,
            shipping: self.shipping + other.shipping,
            tax: self.tax + other.tax,
            fees: self.fees + other.fees,
        }
    }
}

impl AddAssign for Parts {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Neg for Parts {
    type Output = Self;
    fn neg(self) -> Self {
        Self { goods: -self.goods, shipping: -self.shipping, tax: -self.tax, fees: -self.fees }
    }
}

impl Sub for Parts {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

#[cfg(test)]
mod tests;
