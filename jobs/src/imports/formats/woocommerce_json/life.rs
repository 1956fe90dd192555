//! What had happened to an order of WooCommerce: its state, its dates and its refunds, as payments, a fulfilment, refunds and a
//! cancellation.

use chrono::{DateTime, Utc};
use domain::orders::new_order::{Cancelled, History, NewFulfilment, NewPayment, NewRefund};
use domain::orders::refund::RefundRequest;
use domain::orders::{ItemKind, NewItem, PaymentKind};
use serde_json::Value;

use super::told::{Reading, Told};
use crate::imports::formats::text::shown;

/// The state of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// `pending` and `on-hold`: its payment is waited for.
    Waiting,
    /// `processing`: to be sent, and paid unless it is paid on delivery.
    Processing,
    /// `completed`: paid and sent.
    Completed,
    /// `refunded`: everything was given back.
    Refunded,
    /// `cancelled`.
    Cancelled,
    /// `failed`: its payment did.
    Failed,
    /// A draft, or in the bin.
    NoOrder(String),
    /// One of a plug-in or of the shop's own.
    Other(String),
}

impl Status {
    /// As the file calls it, or as the shop's database does.
    pub fn of(name: &str) -> Self {
        match name.strip_prefix("wc-").unwrap_or(name) {
            "pending" | "on-hold" => Self::Waiting,
            "processing" => Self::Processing,
            "completed" => Self::Completed,
            "refunded" => Self::Refunded,
            "cancelled" => Self::Cancelled,
            "failed" => Self::Failed,
            "checkout-draft" | "auto-draft" | "draft" | "new" | "trash" => Self::NoOrder(name.to_owned()),
            _ => Self::Other(name.to_owned()),
        }
    }
}

/// An order whose history is asked for.
pub struct Life<'a> {
    /// The order.
    pub told: &'a Told<'a>,
    /// Its state.
    pub status: &'a Status,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// When it was changed last: the time of whatever has none of its own.
    pub changed: DateTime<Utc>,
    /// What it costs, minor units.
    pub total: i64,
    /// Its items.
    pub items: &'a [NewItem],
}

struct Times {
    paid: Option<DateTime<Utc>>,
    completed: Option<DateTime<Utc>>,
}

impl Life<'_> {
    /// What its state and its dates tell.
    pub fn history(&self, reading: &mut Reading<'_>) -> History {
        let times =
            Times { paid: reading.time(self.told, "date_paid"), completed: reading.time(self.told, "date_completed") };
        if let Status::Other(name) = self.status {
            let words = format!("The status {} is unknown. The dates of payment and completion count.", shown(name));
            reading.notes.add("status", words);
        }
        let refunds = self.refunds(reading);
        let is_paid =
            times.paid.is_some() || !refunds.is_empty() || matches!(self.status, Status::Completed | Status::Refunded);
        let is_off = matches!(self.status, Status::Cancelled | Status::Failed);
        let reason = if *self.status == Status::Failed { "Payment failed" } else { "" };
        History {
            payments: Some(self.payments(is_paid, is_off, &times)),
            fulfilments: self.fulfilment(&times).into_iter().collect(),
            refunds,
            cancelled: is_off.then(|| Cancelled { at: self.changed, reason: reason.to_owned() }),
            ..History::default()
        }
    }

    fn payments(&self, is_paid: bool, is_off: bool, times: &Times) -> Vec<NewPayment> {
        let (kind, amount, at) = if is_paid {
            let otherwise = if *self.status == Status::Completed { times.completed } else { None };
            (PaymentKind::Charge, self.total, times.paid.or(otherwise).unwrap_or(self.placed_at))
        } else if is_off {
            (PaymentKind::Void, 0, self.changed)
        } else {
            return Vec::new();
        };
        // A free order has no payments.
        if self.total <= 0 {
            return Vec::new();
        }
        let title = self.told.word("payment_method_title");
        let method = if title.is_empty() { self.told.word("payment_method") } else { title };
        vec![NewPayment { kind, method, amount, reference: self.told.word("transaction_id"), at }]
    }

    fn fulfilment(&self, times: &Times) -> Option<NewFulfilment> {
        let at = match self.status {
            Status::Completed => Some(times.completed.unwrap_or(self.changed)),
            Status::Refunded | Status::Other(_) => times.completed,
            _ => None,
        };
        let has_goods = self.items.iter().any(|item| item.kind == ItemKind::Product);
        let at = at.filter(|_| has_goods)?;
        let (carrier, tracking_number) = self.tracking();
        Some(NewFulfilment { lines: Vec::new(), carrier, tracking_number, tracking_url: String::new(), at })
    }

    // As the extension for tracking keeps it.
    fn tracking(&self) -> (String, String) {
        let is_tracking = |meta: &Told<'_>| meta.text("key").as_deref() == Some("_wc_shipment_tracking_items");
        let found = self.told.list("meta_data").into_iter().find(is_tracking);
        let parcels = found.as_ref().and_then(|meta| meta.value("value")).and_then(Value::as_array);
        let first = parcels.and_then(|parcels| parcels.first()).and_then(Told::of);
        first.map(|parcel| (parcel.word("tracking_provider"), parcel.word("tracking_number"))).unwrap_or_default()
    }

    fn refunds(&self, reading: &mut Reading<'_>) -> Vec<NewRefund> {
        let mut refunds = Vec::new();
        let mut given_back = 0_i64;
        for told in self.told.list("refunds") {
            let amount = reading.some_amount(&told, "total").or_else(|| reading.some_amount(&told, "amount"));
            let amount = amount.unwrap_or(0).saturating_abs();
            // The shop keeps refunds of goods that were free.
            if amount == 0 {
                continue;
            }
            given_back = given_back.saturating_add(amount);
            let at = reading.time(&told, "date_created").unwrap_or(self.changed);
            refunds.push(NewRefund { request: RefundRequest::Amount(amount), reason: told.word("reason"), at });
        }
        refunds.sort_by_key(|refund| refund.at);
        if *self.status == Status::Refunded && self.total > 0 {
            self.give_back_all(given_back, &mut refunds);
        }
        refunds
    }

    // Of an order that was refunded nothing is left to be sent either: its last refund is for all that is left.
    fn give_back_all(&self, given_back: i64, refunds: &mut Vec<NewRefund>) {
        if given_back < self.total {
            refunds.push(NewRefund { request: RefundRequest::full(), reason: String::new(), at: self.changed });
        } else if given_back == self.total
            && let Some(last) = refunds.last_mut()
        {
            last.request = RefundRequest::full();
        }
    }
}
