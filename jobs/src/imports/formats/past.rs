//! What a file tells of an order's past in words and times, and the payments, fulfilments and refunds that follow from it.

use chrono::{DateTime, Utc};
use domain::orders::new_order::{Cancelled, Draft, History, NewFulfilment, NewPayment, NewRefund};
use domain::orders::refund::RefundRequest;
use domain::orders::{FulfilmentStatus, ItemKind, OrderKind, OrderStatus, PaymentKind, PaymentStatus};
use domain::text;

use super::text::shown;

/// Longest word of a payment, fulfilment or refund, as in the API.
const MOST_CHARACTERS: usize = 500;

/// What a word says of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What became of the money.
    pub payment: Option<PaymentStatus>,
    /// What became of the goods.
    pub fulfilment: Option<FulfilmentStatus>,
    /// Whether it was closed or cancelled.
    pub end: Option<OrderStatus>,
}

/// Words and what each means.
pub type Words<T> = &'static [(&'static str, T)];

/// What people write in one column for the whole order.
pub const STATUSES: Words<Said> = &[
    ("paid", of_money(PaymentStatus::Paid)),
    ("processing", of_money(PaymentStatus::Paid)),
    ("unpaid", of_money(PaymentStatus::Pending)),
    ("pending", of_money(PaymentStatus::Pending)),
    ("pending_payment", of_money(PaymentStatus::Pending)),
    ("awaiting_payment", of_money(PaymentStatus::Pending)),
    ("authorized", of_money(PaymentStatus::Authorized)),
    ("authorised", of_money(PaymentStatus::Authorized)),
    ("refunded", of_money(PaymentStatus::Refunded)),
    ("partially_refunded", of_money(PaymentStatus::PartiallyRefunded)),
    ("partly_refunded", of_money(PaymentStatus::PartiallyRefunded)),
    ("voided", of_money(PaymentStatus::Voided)),
    ("open", Said { payment: None, fulfilment: None, end: None }),
    ("unfulfilled", of_goods(FulfilmentStatus::Unfulfilled)),
    ("fulfilled", of_goods(FulfilmentStatus::Fulfilled)),
    ("shipped", of_goods(FulfilmentStatus::Fulfilled)),
    ("delivered", of_goods(FulfilmentStatus::Fulfilled)),
    ("completed", COMPLETED),
    ("complete", COMPLETED),
    ("closed", of_end(OrderStatus::Closed)),
    ("archived", of_end(OrderStatus::Closed)),
    ("cancelled", of_end(OrderStatus::Cancelled)),
    ("canceled", of_end(OrderStatus::Cancelled)),
    ("failed", of_end(OrderStatus::Cancelled)),
];

/// What people and shops write of the money.
pub const PAYMENT_STATUSES: Words<PaymentStatus> = &[
    ("pending", PaymentStatus::Pending),
    ("unpaid", PaymentStatus::Pending),
    ("expired", PaymentStatus::Pending),
    ("authorized", PaymentStatus::Authorized),
    ("authorised", PaymentStatus::Authorized),
    ("partially_paid", PaymentStatus::PartiallyPaid),
    ("paid", PaymentStatus::Paid),
    ("partially_refunded", PaymentStatus::PartiallyRefunded),
    ("partly_refunded", PaymentStatus::PartiallyRefunded),
    ("refunded", PaymentStatus::Refunded),
    ("voided", PaymentStatus::Voided),
];

/// What people and shops write of the goods.
pub const FULFILMENT_STATUSES: Words<FulfilmentStatus> = &[
    ("unfulfilled", FulfilmentStatus::Unfulfilled),
    ("open", FulfilmentStatus::Unfulfilled),
    ("pending", FulfilmentStatus::Unfulfilled),
    ("pending_fulfillment", FulfilmentStatus::Unfulfilled),
    ("scheduled", FulfilmentStatus::Unfulfilled),
    ("in_progress", FulfilmentStatus::Unfulfilled),
    ("request_declined", FulfilmentStatus::Unfulfilled),
    ("restocked", FulfilmentStatus::Unfulfilled),
    ("on_hold", FulfilmentStatus::OnHold),
    ("partial", FulfilmentStatus::PartiallyFulfilled),
    ("partially_fulfilled", FulfilmentStatus::PartiallyFulfilled),
    ("fulfilled", FulfilmentStatus::Fulfilled),
    ("shipped", FulfilmentStatus::Fulfilled),
    ("delivered", FulfilmentStatus::Fulfilled),
    ("not_required", FulfilmentStatus::NotRequired),
];

const COMPLETED: Said =
    Said { payment: Some(PaymentStatus::Paid), fulfilment: Some(FulfilmentStatus::Fulfilled), end: None };

const fn of_money(status: PaymentStatus) -> Said {
    Said { payment: Some(status), fulfilment: None, end: None }
}

const fn of_goods(status: FulfilmentStatus) -> Said {
    Said { payment: None, fulfilment: Some(status), end: None }
}

const fn of_end(status: OrderStatus) -> Said {
    Said { payment: None, fulfilment: None, end: Some(status) }
}

/// What `text` means, whatever its letter case and whether its parts are joined or apart; nothing where it is empty.
pub fn meaning<T: Copy + 'static>(text: &str, words: Words<T>) -> Result<Option<T>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let plain = text.to_lowercase().replace([' ', '-'], "_");
    let found = words.iter().find(|(word, _)| *word == plain).map(|(_, meaning)| *meaning);
    found.map(Some).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("Use one of {}. Found {}.", known.join(", "), shown(text))
    })
}

/// A text of a payment, fulfilment or refund: one line of limited length.
pub fn word(text: &str) -> String {
    let line = text::on_one_line(text::trim(text));
    match text::cut(&line, MOST_CHARACTERS) {
        Some(start) => start.to_owned(),
        None => line.into_owned(),
    }
}

/// What is told of an order's past. What happened at no told time happened when the order was placed.
#[derive(Debug, Default)]
pub struct Past {
    /// What the words say.
    pub said: Said,
    /// What was paid, where that is not the total.
    pub paid: Option<i64>,
    /// What was given back; 0 where nothing is told.
    pub refunded: i64,
    /// The pieces that were sent, by position, where not all were. None where that is not told.
    pub sent: Option<Vec<(i32, i64)>>,
    /// When it was paid.
    pub paid_at: Option<DateTime<Utc>>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was cancelled.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Why it was cancelled.
    pub cancel_reason: String,
    /// How it was paid.
    pub method: String,
    /// The payment provider's name of the payment.
    pub reference: String,
    /// Who carries it, the number of the parcel, and where it can be followed.
    pub parcel: [String; 3],
}

/// What a file must tell beside a word that it uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Untold {
    /// How much was paid of an order that was paid in part.
    Paid,
    /// How much was given back of one that was refunded in part.
    Refunded,
    /// What was sent of one that was sent in part.
    Sent,
}

impl Untold {
    /// The reason for the row's author.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Paid => "This file does not say how much was paid.",
            Self::Refunded => "Enter the amount that was refunded.",
            Self::Sent => "This file does not say which items were sent.",
        }
    }
}

impl Past {
    /// The history of `draft`, which is complete but for that.
    pub fn history(self, draft: &Draft) -> Result<History, Untold> {
        let is_cancelled = self.said.end == Some(OrderStatus::Cancelled) || self.cancelled_at.is_some();
        let is_closed = self.said.end == Some(OrderStatus::Closed) || self.closed_at.is_some();
        let status = self.payment_status(is_cancelled);
        let payments = self.payments(status, draft)?;
        let refunds = self.refunds(status, draft)?;
        let fulfilments = self.fulfilments(draft)?;
        let reason = self.cancel_reason;
        Ok(History {
            payments,
            fulfilments,
            refunds,
            cancelled: is_cancelled.then_some(Cancelled { at: self.cancelled_at.unwrap_or(draft.placed_at), reason }),
            closed_at: is_closed.then_some(self.closed_at.unwrap_or(draft.placed_at)),
            on_hold: self.said.fulfilment == Some(FulfilmentStatus::OnHold),
        })
    }

    // What is known of the money, whichever way it is told.
    fn payment_status(&self, is_cancelled: bool) -> Option<PaymentStatus> {
        if self.said.payment.is_some() {
            self.said.payment
        } else if self.refunded > 0 || self.paid_at.is_some() {
            Some(PaymentStatus::Paid)
        } else {
            is_cancelled.then_some(PaymentStatus::Voided)
        }
    }

    fn paid(&self, draft: &Draft) -> i64 {
        self.paid.unwrap_or_else(|| total(draft))
    }

    fn payments(&self, status: Option<PaymentStatus>, draft: &Draft) -> Result<Option<Vec<NewPayment>>, Untold> {
        let Some(status) = status.filter(|_| draft.kind == OrderKind::Sale) else { return Ok(None) };
        let (kind, amount) = match status {
            PaymentStatus::Pending => return Ok(Some(Vec::new())),
            PaymentStatus::Voided => (PaymentKind::Void, 0),
            PaymentStatus::Authorized => (PaymentKind::Authorization, total(draft)),
            PaymentStatus::PartiallyPaid => (PaymentKind::Charge, self.paid.ok_or(Untold::Paid)?),
            PaymentStatus::Paid | PaymentStatus::PartiallyRefunded | PaymentStatus::Refunded => {
                (PaymentKind::Charge, self.paid(draft))
            }
        };
        let at = match kind {
            PaymentKind::Void => self.cancelled_at,
            _ => self.paid_at,
        };
        let (method, reference) = (self.method.clone(), self.reference.clone());
        let payment = NewPayment { kind, method, amount, reference, at: at.unwrap_or(draft.placed_at) };
        // A free order is paid without a payment.
        let is_one = kind == PaymentKind::Void || amount > 0;
        Ok(Some(if is_one { vec![payment] } else { Vec::new() }))
    }

    fn refunds(&self, status: Option<PaymentStatus>, draft: &Draft) -> Result<Vec<NewRefund>, Untold> {
        let paid = self.paid(draft);
        let amount = match (self.refunded, status) {
            (0, Some(PaymentStatus::PartiallyRefunded)) => return Err(Untold::Refunded),
            (0, Some(PaymentStatus::Refunded)) => paid,
            (told, _) => told,
        };
        let is_all = amount == paid && amount == total(draft);
        let request = if is_all { RefundRequest::full() } else { RefundRequest::Amount(amount) };
        let at = self.cancelled_at.or(self.paid_at).unwrap_or(draft.placed_at);
        let refund = NewRefund { request, reason: String::new(), at };
        Ok(if amount == 0 { Vec::new() } else { vec![refund] })
    }

    fn fulfilments(&self, draft: &Draft) -> Result<Vec<NewFulfilment>, Untold> {
        let is_tracked = self.parcel.iter().any(|part| !part.is_empty());
        let lines = match self.said.fulfilment {
            Some(FulfilmentStatus::Fulfilled) => Some(Vec::new()),
            Some(FulfilmentStatus::PartiallyFulfilled) => {
                self.sent.as_ref().ok_or(Untold::Sent).map(|lines| Some(lines.clone()).filter(|l| !l.is_empty()))?
            }
            None => (self.sent_at.is_some() || is_tracked).then(Vec::new),
            Some(_) => None,
        };
        let has_goods = draft.items.iter().any(|item| item.kind == ItemKind::Product && item.quantity > 0);
        let [carrier, tracking_number, tracking_url] = self.parcel.clone();
        let fulfilment = |lines| NewFulfilment {
            lines,
            carrier,
            tracking_number,
            tracking_url,
            at: self.sent_at.unwrap_or(draft.placed_at),
        };
        Ok(lines.filter(|_| has_goods).map(fulfilment).into_iter().collect())
    }
}

/// What an order comes to, as its check will find.
pub fn total(draft: &Draft) -> i64 {
    let items = draft.items.iter().map(|item| i128::from(item.amount()) - i128::from(item.discount)).sum::<i128>();
    let tax = if draft.prices_include_tax { 0 } else { draft.tax };
    let total = items - i128::from(draft.discount) + i128::from(draft.shipping) + i128::from(tax);
    // Beyond what can be counted, the check refuses the order.
    i64::try_from(total).unwrap_or(i64::MAX)
}
