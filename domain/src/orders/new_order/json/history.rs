//! What had happened to an order, as the API sends it; and single payments, fulfilments and refunds, which have the same form.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Reader;
use crate::fields::FieldErrors;
use crate::orders::new_order::check::check_event;
use crate::orders::new_order::{Cancelled, History, NewFulfilment, NewPayment, NewRefund};
use crate::orders::refund::{RefundLine, RefundRequest};
use crate::orders::status::PaymentKind;

const PAYMENT: [&str; 5] = ["kind", "method", "amount", "reference", "at"];
const FULFILMENT: [&str; 5] = ["lines", "carrier", "tracking_number", "tracking_url", "at"];
const REFUND: [&str; 6] = ["lines", "shipping", "amount", "restock", "reason", "at"];

impl NewPayment {
    /// Reads one payment; `now` is its time when it tells none.
    ///
    /// # Errors
    /// All faults of form and a time out of bounds, each with its field.
    pub fn from_json(body: &Value, now: DateTime<Utc>) -> Result<Self, FieldErrors> {
        one(body, &PAYMENT, |read| {
            let told = read.payment(now);
            read.check_at(told.at, now);
            told
        })
    }
}

impl NewFulfilment {
    /// Reads one fulfilment; `now` is its time when it tells none.
    ///
    /// # Errors
    /// All faults of form and a time out of bounds, each with its field.
    pub fn from_json(body: &Value, now: DateTime<Utc>) -> Result<Self, FieldErrors> {
        one(body, &FULFILMENT, |read| {
            let told = read.fulfilment(now);
            read.check_at(told.at, now);
            told
        })
    }
}

impl NewRefund {
    /// Reads one refund; `now` is its time when it tells none.
    ///
    /// # Errors
    /// All faults of form and a time out of bounds, each with its field.
    pub fn from_json(body: &Value, now: DateTime<Utc>) -> Result<Self, FieldErrors> {
        one(body, &REFUND, |read| {
            let told = read.refund(now);
            read.check_at(told.at, now);
            told
        })
    }
}

fn one<T>(body: &Value, known: &[&str], read: impl FnOnce(&mut Reader<'_>) -> T) -> Result<T, FieldErrors> {
    let Some(object) = body.as_object() else {
        return Err(FieldErrors::one("body", "Send a JSON object."));
    };
    let mut errors = FieldErrors::default();
    let mut reader = Reader { object, prefix: String::new(), errors: &mut errors };
    reader.refuse_unknown(known);
    let told = read(&mut reader);
    errors.into_result(told)
}

impl Reader<'_> {
    /// What had happened to the order; `placed_at` is the time of what tells none.
    pub(super) fn history(&mut self, placed_at: DateTime<Utc>) -> History {
        let payments = self.value("payments").is_some();
        let payments = payments.then(|| self.list("payments", &PAYMENT, |read| read.payment(placed_at)));
        let reason = self.word("cancel_reason");
        if !reason.is_empty() && self.value("cancelled_at").is_none() {
            self.fault("cancelled_at", "Send the time of the cancellation with its reason.");
        }
        History {
            payments,
            fulfilments: self.list("fulfilments", &FULFILMENT, |read| read.fulfilment(placed_at)),
            refunds: self.list("refunds", &REFUND, |read| read.refund(placed_at)),
            cancelled: self.some_time("cancelled_at").map(|at| Cancelled { at, reason }),
            closed_at: self.some_time("closed_at"),
            on_hold: self.flag("on_hold"),
        }
    }

    fn payment(&mut self, otherwise: DateTime<Utc>) -> NewPayment {
        let kind = self.parsed("kind").unwrap_or(PaymentKind::Charge);
        let amount = if kind == PaymentKind::Void { self.amount("amount") } else { self.required_integer("amount") };
        NewPayment {
            kind,
            amount,
            method: self.word("method"),
            reference: self.word("reference"),
            at: self.at(otherwise),
        }
    }

    fn fulfilment(&mut self, otherwise: DateTime<Utc>) -> NewFulfilment {
        NewFulfilment {
            lines: self
                .list("lines", &["line", "quantity"], |read| (read.position(), read.required_integer("quantity"))),
            carrier: self.word("carrier"),
            tracking_number: self.word("tracking_number"),
            tracking_url: self.link("tracking_url"),
            at: self.at(otherwise),
        }
    }

    fn refund(&mut self, otherwise: DateTime<Utc>) -> NewRefund {
        let restock = self.flag("restock");
        let lines = self.list("lines", &["line", "quantity", "restock"], |read| RefundLine {
            position: read.position(),
            quantity: read.required_integer("quantity"),
            restock: read.flag("restock") || restock,
        });
        let (amount, shipping) = (self.integer("amount"), self.amount("shipping"));
        let request = match amount {
            Some(_) if !lines.is_empty() || shipping != 0 => {
                self.fault("amount", "Send either an amount, or lines and shipping.");
                RefundRequest::full()
            }
            Some(amount) => RefundRequest::Amount(amount),
            None if lines.is_empty() && shipping == 0 => RefundRequest::Full { restock },
            None => RefundRequest::Lines { lines, shipping },
        };
        NewRefund { request, reason: self.word("reason"), at: self.at(otherwise) }
    }

    fn position(&mut self) -> i32 {
        let position = self.required_integer("line");
        i32::try_from(position).unwrap_or_else(|_| {
            self.fault("line", "This value is too large.");
            1
        })
    }

    fn at(&mut self, otherwise: DateTime<Utc>) -> DateTime<Utc> {
        self.some_time("at").unwrap_or(otherwise)
    }

    fn check_at(&mut self, at: DateTime<Utc>, now: DateTime<Utc>) {
        if self.errors.of("at").is_none() {
            check_event(self.errors, "at", at, now);
        }
    }

    // One line of up to 500 characters, perhaps empty.
    fn word(&mut self, name: &str) -> String {
        let text = self.text(name).unwrap_or_default();
        let text = crate::text::on_one_line(crate::text::trim(&text)).into_owned();
        if text.chars().count() > 500 {
            self.fault(name, "Use at most 500 characters.");
        }
        text
    }

    fn link(&mut self, name: &str) -> String {
        let text = self.word(name);
        if !text.is_empty() && !text.starts_with("https://") && !text.starts_with("http://") {
            self.fault(name, "Use a link that begins with https://.");
        }
        text
    }
}
