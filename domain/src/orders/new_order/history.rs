//! What had happened to an order by the time it arrived: payments, fulfilments, refunds, its cancellation or its closing.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::NewOrder;
use crate::calendar::settled;
use crate::fields::FieldErrors;
use crate::orders::refund::{Parts, Refund, RefundLine, RefundRequest};
use crate::orders::standing::Standing;
use crate::orders::status::{OrderStatus, PaymentKind};

/// Most payments, fulfilments or refunds that an order arrives with, of each.
pub const MAX_EVENTS: usize = 200;

/// What was told of an order's past.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct History {
    /// Its payments. None when nothing was told: then it counts as paid when it was placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payments: Option<Vec<NewPayment>>,
    /// What was sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fulfilments: Vec<NewFulfilment>,
    /// What was given back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<NewRefund>,
    /// When and why it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Cancelled>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<Utc>>,
    /// Whether nothing is to be sent for now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub on_hold: bool,
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewPayment {
    /// What it did.
    pub kind: PaymentKind,
    /// How it was paid, such as `card`; perhaps empty.
    pub method: String,
    /// Minor units; 0 for a void.
    pub amount: i64,
    /// The payment provider's name of it; perhaps empty.
    pub reference: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Goods that were sent together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewFulfilment {
    /// Position and pieces; empty for all that was left.
    pub lines: Vec<(i32, i64)>,
    /// Who carries them; perhaps empty.
    pub carrier: String,
    /// The carrier's number of the parcel; perhaps empty.
    pub tracking_number: String,
    /// Where the parcel can be followed; perhaps empty.
    pub tracking_url: String,
    /// When they were sent.
    pub at: DateTime<Utc>,
}

/// Money that was given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewRefund {
    /// What for.
    pub request: RefundRequest,
    /// Why; perhaps empty.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A cancellation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cancelled {
    /// When.
    pub at: DateTime<Utc>,
    /// Why; perhaps empty.
    pub reason: String,
}

/// The same, checked: which lines and which parts of the figures each is about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolved {
    /// The pieces of each fulfilment.
    pub fulfilments: Vec<Vec<(i32, i64)>>,
    /// Each refund.
    pub refunds: Vec<Refund>,
}

impl History {
    /// Whether nothing was told.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Lets everything happen to `standing`, in the order: payments, fulfilments, refunds, cancellation or closing. Each fault
    /// bears the name of its field.
    pub(super) fn apply(&self, standing: &mut Standing, errors: &mut FieldErrors) -> Resolved {
        match &self.payments {
            None => standing.paid = standing.amounts.total(),
            Some(payments) => {
                for payment in payments {
                    standing.note_payment(payment.kind, payment.amount);
                }
            }
        }
        let mut resolved = Resolved::default();
        for (i, fulfilment) in self.fulfilments.iter().enumerate() {
            match standing.fulfil(&fulfilment.lines) {
                Ok(lines) => resolved.fulfilments.push(lines),
                Err(faults) => named(errors, &format!("fulfilments[{i}]"), faults),
            }
        }
        for (i, refund) in self.refunds.iter().enumerate() {
            match standing.refund(&refund.request) {
                Ok(refund) => resolved.refunds.push(refund),
                Err(faults) => named(errors, &format!("refunds[{i}]"), faults),
            }
        }
        standing.is_on_hold = self.on_hold;
        if self.cancelled.is_some() {
            standing.status = OrderStatus::Cancelled;
        } else if self.closed_at.is_some() {
            standing.status = OrderStatus::Closed;
        }
        resolved
    }

    /// Brings every time to the precision in which it is stored.
    pub(super) fn settle(&mut self) {
        let payments = self.payments.iter_mut().flatten().map(|payment| &mut payment.at);
        let fulfilments = self.fulfilments.iter_mut().map(|fulfilment| &mut fulfilment.at);
        let refunds = self.refunds.iter_mut().map(|refund| &mut refund.at);
        let ends = self.cancelled.iter_mut().map(|cancelled| &mut cancelled.at).chain(&mut self.closed_at);
        for at in payments.chain(fulfilments).chain(refunds).chain(ends) {
            *at = settled(*at);
        }
    }
}

impl NewOrder {
    /// What was told of its past.
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// Where it stands after that.
    pub const fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Its fulfilments with the pieces of each.
    pub fn fulfilments(&self) -> impl Iterator<Item = (&NewFulfilment, &[(i32, i64)])> {
        self.history.fulfilments.iter().zip(self.resolved.fulfilments.iter().map(Vec::as_slice))
    }

    /// Its refunds with the parts and pieces of each.
    pub fn refunds(&self) -> impl Iterator<Item = (&NewRefund, Parts, &[RefundLine])> {
        let resolved = self.resolved.refunds.iter();
        self.history.refunds.iter().zip(resolved).map(|(told, refund)| (told, refund.parts, refund.lines.as_slice()))
    }
}

fn named(errors: &mut FieldErrors, prefix: &str, faults: FieldErrors) {
    for fault in faults.0 {
        let field = if fault.field == "order" { prefix.to_owned() } else { format!("{prefix}.{}", fault.field) };
        errors.add(field, fault.message);
    }
}
