//! Calling an order off.

use super::status::{FulfilmentStatus, OrderKind, OrderStatus, PaymentStatus};

/// Why an order cannot be cancelled; `Display` is what people read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CannotCancel {
    /// It already is.
    #[error("This order is already cancelled.")]
    AlreadyCancelled,
    /// Credit notes are facts of the past.
    #[error("A return cannot be cancelled.")]
    IsReturn,
    /// The goods are gone.
    #[error("This order is already fulfilled. Record a refund instead.")]
    Fulfilled,
    /// Money went back already.
    #[error("This order is already partly refunded. Refund the remaining amount instead.")]
    Refunded,
}

/// Whether a sale may be cancelled: it stands, nothing was sent and nothing given back.
///
/// # Errors
/// The first reason against it.
pub fn check(
    kind: OrderKind,
    status: OrderStatus,
    payment: PaymentStatus,
    fulfilment: FulfilmentStatus,
) -> Result<(), CannotCancel> {
    if kind == OrderKind::Return {
        Err(CannotCancel::IsReturn)
    } else if status == OrderStatus::Cancelled {
        Err(CannotCancel::AlreadyCancelled)
    } else if payment != PaymentStatus::Paid {
        Err(CannotCancel::Refunded)
    } else if fulfilment == FulfilmentStatus::Fulfilled {
        Err(CannotCancel::Fulfilled)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FulfilmentStatus::{Fulfilled, Unfulfilled};
    use OrderKind::{Return, Sale};
    use OrderStatus::{Cancelled, Open};
    use PaymentStatus::{Paid, PartiallyRefunded, Refunded};

    #[test]
    fn only_a_standing_unsent_unrefunded_sale_is_cancelled() {
        assert_eq!(check(Sale, Open, Paid, Unfulfilled), Ok(()));
        assert_eq!(check(Return, Open, Paid, Unfulfilled), Err(CannotCancel::IsReturn));
        assert_eq!(check(Sale, Cancelled, Paid, Unfulfilled), Err(CannotCancel::AlreadyCancelled));
        assert_eq!(check(Sale, Open, PartiallyRefunded, Unfulfilled), Err(CannotCancel::Refunded));
        assert_eq!(check(Sale, Open, Refunded, Unfulfilled), Err(CannotCancel::Refunded));
        assert_eq!(check(Sale, Open, Paid, Fulfilled), Err(CannotCancel::Fulfilled));
    }
}
