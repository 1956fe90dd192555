//! What happens to an order of a history: before it arrived, as it tells, and afterwards.

use chrono::{DateTime, Duration, Utc};
use db::orders::change::Change;
use domain::orders::PaymentKind;
use domain::orders::new_order::{NewFulfilment, NewPayment, NewRefund};
use domain::orders::refund::{RefundLine, RefundRequest};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What happens to an order once it is stored. Times are hours before now.
#[derive(Clone, Debug)]
pub enum Deed {
    Pay(PaymentKind, i64),
    MarkPaid,
    Fulfil(Vec<(i32, i64)>),
    Refund(RefundRequest, i64),
    Cancel,
    Close(bool),
    Hold(bool),
}

/// What an order tells of its past.
#[derive(Clone, Debug)]
pub struct Past {
    payments: Option<Vec<(PaymentKind, i64, i64)>>,
    fulfilments: Vec<(Vec<(i32, i64)>, i64)>,
    refunds: Vec<(RefundRequest, i64)>,
    end: End,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Open,
    OnHold,
    Closed(i64),
    Cancelled(i64),
}

pub fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        2 => (kind(), 1_i64..9_000).prop_map(|(kind, amount)| Deed::Pay(kind, amount)),
        1 => Just(Deed::MarkPaid),
        2 => pieces().prop_map(Deed::Fulfil),
        3 => (request(), hours()).prop_map(|(request, hours)| Deed::Refund(request, hours)),
        1 => Just(Deed::Cancel),
        1 => any::<bool>().prop_map(Deed::Close),
        1 => any::<bool>().prop_map(Deed::Hold),
    ]
}

pub fn past() -> impl Strategy<Value = Past> {
    let payments = prop::collection::vec((kind(), 1_i64..20_000, hours()), 0..3);
    let fulfilments = prop::collection::vec((pieces(), hours()), 0..2);
    let refunds = prop::collection::vec((request(), hours()), 0..2);
    let end = prop_oneof![
        3 => Just(End::Open),
        1 => Just(End::OnHold),
        1 => hours().prop_map(End::Closed),
        2 => hours().prop_map(End::Cancelled),
    ];
    (prop::option::of(payments), fulfilments, refunds, end).prop_map(|(payments, fulfilments, refunds, end)| Past {
        payments,
        fulfilments,
        refunds,
        end,
    })
}

fn kind() -> impl Strategy<Value = PaymentKind> {
    let others = prop::sample::select(vec![PaymentKind::Authorization, PaymentKind::Capture, PaymentKind::Void]);
    prop_oneof![Just(PaymentKind::Charge), others]
}

fn hours() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0_i64), 0_i64..9_000]
}

fn pieces() -> impl Strategy<Value = Vec<(i32, i64)>> {
    prop_oneof![Just(Vec::new()), (1_i32..5, 1_i64..4).prop_map(|line| vec![line])]
}

fn request() -> impl Strategy<Value = RefundRequest> {
    prop_oneof![
        1 => Just(RefundRequest::full()),
        2 => (1_i32..5, 1_i64..4).prop_map(|line| RefundRequest::lines([line])),
        1 => (1_i64..900).prop_map(|shipping| RefundRequest::Lines { lines: Vec::new(), shipping }),
        1 => (1_i64..4_000).prop_map(RefundRequest::Amount),
    ]
}

impl Deed {
    /// The command that does it.
    pub fn change(&self, now: DateTime<Utc>) -> Change {
        match self.clone() {
            Self::Pay(kind, amount) => {
                Change::Pay(NewPayment { kind, amount, method: "card".into(), reference: String::new(), at: now })
            }
            Self::MarkPaid => Change::MarkPaid,
            Self::Fulfil(lines) => Change::Fulfil(NewFulfilment {
                lines,
                carrier: String::new(),
                tracking_number: String::new(),
                tracking_url: String::new(),
                at: now,
            }),
            Self::Refund(request, hours) => {
                let refund = NewRefund { request, reason: String::new(), at: now - Duration::hours(hours) };
                Change::Refund { refund, seen: None }
            }
            Self::Cancel => Change::Cancel { reason: "test".into(), restock: true },
            Self::Close(closed) => Change::Close(closed),
            Self::Hold(held) => Change::Hold(held),
        }
    }
}

impl Past {
    /// Writes it into the body of an order.
    pub fn tell(&self, body: &mut Value, now: DateTime<Utc>) {
        let at = |hours: &i64| json!(now - Duration::hours(*hours));
        let lines = |lines: &[(i32, i64)]| -> Vec<Value> {
            lines.iter().map(|(line, quantity)| json!({"line": line, "quantity": quantity})).collect()
        };
        body["payments"] = json!(self.payments.as_ref().map(|payments| {
            let payment = |(kind, amount, hours): &(PaymentKind, i64, i64)| json!({"kind": kind, "amount": amount, "at": at(hours)});
            payments.iter().map(payment).collect::<Vec<_>>()
        }));
        let sent = self.fulfilments.iter().map(|(pieces, hours)| json!({"lines": lines(pieces), "at": at(hours)}));
        body["fulfilments"] = sent.collect();
        let refunds = self.refunds.iter().map(|(request, hours)| match request {
            RefundRequest::Full { .. } => json!({"at": at(hours)}),
            RefundRequest::Amount(amount) => json!({"amount": amount, "at": at(hours)}),
            RefundRequest::Lines { lines: refunded, shipping } => {
                let pieces: Vec<_> =
                    refunded.iter().map(|RefundLine { position, quantity, .. }| (*position, *quantity)).collect();
                json!({"lines": lines(&pieces), "shipping": shipping, "at": at(hours)})
            }
        });
        body["refunds"] = refunds.collect();
        match &self.end {
            End::Open => {}
            End::OnHold => body["on_hold"] = json!(true),
            End::Closed(hours) => body["closed_at"] = at(hours),
            End::Cancelled(hours) => body["cancelled_at"] = at(hours),
        }
    }
}
