//! Payments of an order.

use domain::feed::EventKind;
use domain::ids::PaymentId;
use domain::orders::new_order::NewPayment;
use domain::orders::{PaymentKind, PaymentStatus};
use sea_orm::Set;
use serde_json::json;

use super::change::Effect;
use super::locked::Locked;
use crate::entities::{TenantQueries, payment, text::Text};
use crate::error::DataError;
use crate::scope::Tx;

/// Records a payment. Two statements.
///
/// # Errors
/// [`DataError::Invalid`] with the rule's words by field.
pub(super) async fn pay(tx: &Tx, order: &mut Locked, new: &NewPayment) -> Result<Effect, DataError> {
    let was_paid = order.standing.payment_status() == PaymentStatus::Paid;
    order.standing.pay(new.kind, new.amount)?;
    let scope = tx.scope();
    let row = payment::ActiveModel {
        order_placed_at: Set(order.placed_at),
        order_id: Set(order.id.0),
        id: Set(scope.clock().id::<PaymentId>().0),
        store_id: Set(order.store.id.0),
        at: Set(domain::calendar::settled(new.at)),
        kind: Set(Text(new.kind)),
        method: Set(new.method.clone()),
        currency: Set(order.currency.to_string()),
        amount: Set(new.amount),
        reference: Set(new.reference.clone()),
        actor: Set(scope.actor().to_string()),
        ..Default::default()
    };
    tx.insert(row).exec_without_returning(tx.conn()).await?;
    order.update(tx).exec(tx.conn()).await?;
    let is_paid = !was_paid && order.standing.payment_status() == PaymentStatus::Paid;
    let details = json!({"kind": new.kind, "amount": new.amount, "currency": order.currency, "method": new.method});
    Ok(Effect {
        data: json!({"payment": new.amount}),
        ..Effect::new(is_paid.then_some(EventKind::OrderPaid), "payment", "order.pay", details)
    })
}

/// Records that everything still to be paid was paid.
///
/// # Errors
/// [`DataError::Invalid`] when nothing is to be paid.
pub(super) async fn pay_outstanding(tx: &Tx, order: &mut Locked) -> Result<Effect, DataError> {
    let payment = NewPayment {
        kind: PaymentKind::Charge,
        method: String::new(),
        amount: order.standing.outstanding(),
        reference: String::new(),
        at: tx.scope().now(),
    };
    if payment.amount == 0 {
        return Err(DataError::Refused("This order is already paid.".into()));
    }
    pay(tx, order, &payment).await
}
