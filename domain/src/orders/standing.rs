//! Where an order stands: its money and its goods as of now, the statuses that follow from them, and what may happen next.
//! Everything that happens to an order after it was placed goes through here, whichever way it comes in.

use super::new_order::Amounts;
use super::refund::Parts;
use super::status::{FulfilmentStatus, ItemKind, OrderKind, OrderStatus, PaymentKind, PaymentStatus};
use crate::fields::FieldErrors;

/// An order in the middle of its life. Amounts are minor units.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Sale or return.
    pub kind: OrderKind,
    /// Open, closed or cancelled.
    pub status: OrderStatus,
    /// What it comes to.
    pub amounts: Amounts,
    /// Its lines, in order.
    pub lines: Vec<Line>,
    /// Charged and captured.
    pub paid: i64,
    /// Reserved, neither captured nor given up.
    pub authorized: i64,
    /// Whether a reservation was given up.
    pub is_voided: bool,
    /// Given back.
    pub refunded: Parts,
    /// Whether nothing is to be sent for now.
    pub is_on_hold: bool,
}

impl Default for Standing {
    /// An open sale of nothing.
    fn default() -> Self {
        Self {
            kind: OrderKind::Sale,
            status: OrderStatus::Open,
            amounts: Amounts::default(),
            lines: Vec::new(),
            paid: 0,
            authorized: 0,
            is_voided: false,
            refunded: Parts::default(),
            is_on_hold: false,
        }
    }
}

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Position in the order, from 1.
    pub position: i32,
    /// What it stands for.
    pub kind: ItemKind,
    /// Pieces sold.
    pub quantity: i64,
    /// Pieces sent.
    pub fulfilled: i64,
    /// Pieces given back.
    pub refunded: i64,
    /// What all pieces cost after discounts and without tax, minor units.
    pub value: i64,
    /// Tax on all pieces, minor units.
    pub tax: i64,
}

/// Why a change of status is refused; `Display` is what people read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// It already is.
    #[error("This order is already cancelled.")]
    AlreadyCancelled,
    /// Credit notes are facts of the past.
    #[error("A return cannot be cancelled.")]
    IsReturn,
    /// Goods are gone.
    #[error("Items of this order were already sent. Record a refund instead.")]
    Fulfilled,
    /// It already is.
    #[error("This order is already closed.")]
    AlreadyClosed,
    /// It is not.
    #[error("This order is not closed.")]
    NotClosed,
    /// Nothing is left to be sent.
    #[error("Everything in this order was already sent.")]
    NothingToSend,
    /// It already is.
    #[error("This order is already on hold.")]
    AlreadyOnHold,
    /// It is not.
    #[error("This order is not on hold.")]
    NotOnHold,
}

impl Standing {
    /// What the order came to, by figure.
    pub const fn sold(&self) -> Parts {
        let Amounts { gross, discounts, shipping, tax, fees } = self.amounts;
        Parts { goods: gross - discounts, shipping, tax, fees }
    }

    /// The tax that no line bears.
    pub fn shipping_tax(&self) -> i64 {
        self.amounts.tax - self.lines.iter().map(|line| line.tax).sum::<i64>()
    }

    /// What is still to be paid.
    pub fn outstanding(&self) -> i64 {
        (self.amounts.total() - self.paid).max(0)
    }

    /// What became of the money.
    pub fn payment_status(&self) -> PaymentStatus {
        let refunded = self.refunded.total();
        if refunded > 0 {
            if refunded >= self.paid { PaymentStatus::Refunded } else { PaymentStatus::PartiallyRefunded }
        } else if self.outstanding() == 0 {
            PaymentStatus::Paid
        } else if self.paid > 0 {
            PaymentStatus::PartiallyPaid
        } else if self.authorized > 0 {
            PaymentStatus::Authorized
        } else if self.is_voided {
            PaymentStatus::Voided
        } else {
            PaymentStatus::Pending
        }
    }

    /// What became of the goods. Pieces that were refunded need not be sent.
    pub fn fulfilment_status(&self) -> FulfilmentStatus {
        let mut goods = self.lines.iter().filter(|line| line.kind == ItemKind::Product && line.quantity > 0).peekable();
        if self.kind == OrderKind::Return || goods.peek().is_none() {
            return FulfilmentStatus::NotRequired;
        }
        let (mut is_some_sent, mut is_some_left) = (false, false);
        for line in goods {
            is_some_sent |= line.fulfilled > 0;
            is_some_left |= line.fulfilled + line.refunded < line.quantity;
        }
        match (is_some_sent, is_some_left) {
            (true, false) => FulfilmentStatus::Fulfilled,
            (false, false) => FulfilmentStatus::NotRequired,
            (_, true) if self.is_on_hold => FulfilmentStatus::OnHold,
            (true, true) => FulfilmentStatus::PartiallyFulfilled,
            (false, true) => FulfilmentStatus::Unfulfilled,
        }
    }

    /// Records a payment that a person or program tells of.
    ///
    /// # Errors
    /// All reasons against it, by field: `order`, `kind` or `amount`.
    pub fn pay(&mut self, kind: PaymentKind, amount: i64) -> Result<(), FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.add_if(self.kind == OrderKind::Return, "order", "A return order cannot be paid.");
        errors.add_if(self.status == OrderStatus::Cancelled, "order", "This order is cancelled, so it cannot be paid.");
        errors.add_if(kind == PaymentKind::Refund, "kind", "Record a refund instead.");
        let least = i64::from(kind != PaymentKind::Void);
        errors.add_if(amount < least, "amount", "Enter an amount above 0.");
        if errors.is_empty() {
            let (left, fault) = (self.outstanding(), "This is more than the amount still to be paid.");
            let (most, fault) = match kind {
                PaymentKind::Charge => (left, fault),
                PaymentKind::Authorization => (left - self.authorized, fault),
                // Something may have been charged beside what was reserved.
                PaymentKind::Capture if self.authorized > left => (left, fault),
                PaymentKind::Capture => (self.authorized, "This is more than the authorized amount."),
                PaymentKind::Void | PaymentKind::Refund => (i64::MAX, ""),
            };
            errors.add_if(amount > most, "amount", fault);
            let is_nothing_reserved = kind == PaymentKind::Void && self.authorized == 0;
            errors.add_if(is_nothing_reserved, "kind", "No payment of this order is authorized.");
        }
        errors.into_result(())?;
        self.note_payment(kind, amount);
        Ok(())
    }

    /// Notes a payment as a fact of the past. Refunds are noted by [`Standing::refund`] alone.
    pub fn note_payment(&mut self, kind: PaymentKind, amount: i64) {
        match kind {
            PaymentKind::Charge => self.paid = self.paid.saturating_add(amount),
            PaymentKind::Authorization => self.authorized = self.authorized.saturating_add(amount),
            PaymentKind::Capture => {
                self.paid = self.paid.saturating_add(amount);
                self.authorized = self.authorized.saturating_sub(amount).max(0);
            }
            PaymentKind::Void => {
                self.authorized = 0;
                self.is_voided = true;
            }
            PaymentKind::Refund => {}
        }
    }

    /// Records that pieces were sent: those of `lines`, by position and quantity, or all that are left when there are none.
    /// The pieces that were sent.
    ///
    /// # Errors
    /// All reasons against it, by field: `order` or `lines[n]`.
    pub fn fulfil(&mut self, lines: &[(i32, i64)]) -> Result<Vec<(i32, i64)>, FieldErrors> {
        let mut errors = FieldErrors::default();
        errors.add_if(self.kind == OrderKind::Return, "order", "A return order has nothing to send.");
        errors.add_if(
            self.status == OrderStatus::Cancelled,
            "order",
            "This order is cancelled, so nothing is to be sent.",
        );
        errors.add_if(self.is_on_hold, "order", "This order is on hold. Release the hold first.");
        let sent = if lines.is_empty() { self.unsent() } else { lines.to_vec() };
        if errors.is_empty() {
            errors.add_if(self.unsent().is_empty(), "order", "Everything in this order was already sent.");
        }
        for (i, (position, quantity)) in lines.iter().enumerate() {
            let field = format!("lines[{position}]");
            let repeated = lines[..i].iter().any(|(other, _)| other == position);
            errors.add_if(repeated, &field, "This line is listed twice.");
            let Some(line) =
                self.lines.iter().find(|line| line.position == *position && line.kind == ItemKind::Product)
            else {
                errors.add(field, "This order has no such item to send.");
                continue;
            };
            errors.add_if(*quantity <= 0, &field, "Enter a quantity above 0.");
            let left = line.quantity - line.fulfilled;
            errors.add_if(*quantity > left, &field, format!("Enter a quantity of {left} or less."));
        }
        errors.into_result(())?;
        for (position, quantity) in &sent {
            if let Some(line) = self.lines.iter_mut().find(|line| line.position == *position) {
                line.fulfilled += quantity;
            }
        }
        Ok(sent)
    }

    /// Whether the order may be cancelled: a sale that stands and of which nothing was sent.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn check_cancel(&self) -> Result<(), Refusal> {
        if self.kind == OrderKind::Return {
            Err(Refusal::IsReturn)
        } else if self.status == OrderStatus::Cancelled {
            Err(Refusal::AlreadyCancelled)
        } else if self.lines.iter().any(|line| line.fulfilled > 0) {
            Err(Refusal::Fulfilled)
        } else {
            Ok(())
        }
    }

    /// Closes the order, or opens it again.
    ///
    /// # Errors
    /// The reason against it.
    pub fn close(&mut self, closed: bool) -> Result<(), Refusal> {
        let next = if closed { OrderStatus::Closed } else { OrderStatus::Open };
        match (self.status, closed) {
            (OrderStatus::Cancelled, _) => Err(Refusal::AlreadyCancelled),
            (OrderStatus::Closed, true) => Err(Refusal::AlreadyClosed),
            (OrderStatus::Open, false) => Err(Refusal::NotClosed),
            _ => {
                self.status = next;
                Ok(())
            }
        }
    }

    /// Holds what is left to be sent, or releases it.
    ///
    /// # Errors
    /// The reason against it.
    pub fn hold(&mut self, held: bool) -> Result<(), Refusal> {
        if self.status == OrderStatus::Cancelled {
            return Err(Refusal::AlreadyCancelled);
        }
        if self.is_on_hold == held {
            return Err(if held { Refusal::AlreadyOnHold } else { Refusal::NotOnHold });
        }
        if held && self.unsent().is_empty() {
            return Err(Refusal::NothingToSend);
        }
        self.is_on_hold = held;
        Ok(())
    }

    /// The pieces that are left to be sent, by position.
    pub fn unsent(&self) -> Vec<(i32, i64)> {
        let goods = self.lines.iter().filter(|line| line.kind == ItemKind::Product && self.kind == OrderKind::Sale);
        let left = goods.map(|line| (line.position, line.quantity - line.fulfilled - line.refunded));
        left.filter(|(_, quantity)| *quantity > 0).collect()
    }
}

#[cfg(test)]
mod tests;
