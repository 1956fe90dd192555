//! Small words of status. A tone always comes with a word.

use db::orders::OrderRow;
use domain::imports::RunStatus;
use domain::orders::{FulfilmentStatus, OrderKind, OrderStatus, PaymentStatus};
use leptos::prelude::*;

/// What a colour means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Neutral,
    /// As it should be.
    Positive,
    /// Somebody should look.
    Attention,
    /// Something is wrong.
    Critical,
    /// Under way, or good to know.
    Info,
}

impl Tone {
    /// The name of the tone in class names.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Positive => "positive",
            Self::Attention => "attention",
            Self::Critical => "critical",
            Self::Info => "info",
        }
    }
}

/// A word of status.
#[component]
pub fn Pill(
    /// What it means.
    #[prop(optional)]
    tone: Tone,
    /// The word.
    label: &'static str,
) -> impl IntoView {
    view! { <span class=format!("pill {}", tone.as_str())>{label}</span> }
}

/// The words for a payment status.
pub const fn payment(status: PaymentStatus) -> (Tone, &'static str) {
    match status {
        PaymentStatus::Pending => (Tone::Attention, "Unpaid"),
        PaymentStatus::Authorized => (Tone::Attention, "Authorized"),
        PaymentStatus::PartiallyPaid => (Tone::Attention, "Partly paid"),
        PaymentStatus::Paid => (Tone::Neutral, "Paid"),
        PaymentStatus::PartiallyRefunded => (Tone::Attention, "Partly refunded"),
        PaymentStatus::Refunded => (Tone::Neutral, "Refunded"),
        PaymentStatus::Voided => (Tone::Neutral, "Voided"),
    }
}

/// The words for what became of the money of `order`: of one that costs nothing, nothing was paid.
pub const fn paid(order: &OrderRow) -> (Tone, &'static str) {
    match order.payment_status {
        PaymentStatus::Paid if order.total == 0 => (Tone::Neutral, "Free"),
        status => payment(status),
    }
}

/// The words for a fulfilment status.
pub const fn fulfilment(status: FulfilmentStatus) -> (Tone, &'static str) {
    match status {
        FulfilmentStatus::Unfulfilled => (Tone::Attention, "To fulfil"),
        FulfilmentStatus::PartiallyFulfilled => (Tone::Attention, "Partly fulfilled"),
        FulfilmentStatus::Fulfilled => (Tone::Neutral, "Fulfilled"),
        FulfilmentStatus::OnHold => (Tone::Attention, "On hold"),
        FulfilmentStatus::NotRequired => (Tone::Neutral, "Nothing to send"),
    }
}

/// The words for whether an order stands.
pub const fn order(status: OrderStatus) -> (Tone, &'static str) {
    match status {
        OrderStatus::Open => (Tone::Neutral, "Open"),
        OrderStatus::Closed => (Tone::Neutral, "Closed"),
        OrderStatus::Cancelled => (Tone::Critical, "Cancelled"),
    }
}

/// The words for an order's kind.
pub const fn kind(kind: OrderKind) -> (Tone, &'static str) {
    match kind {
        OrderKind::Sale => (Tone::Neutral, "Sale"),
        OrderKind::Return => (Tone::Info, "Return"),
    }
}

/// The words for an import's status.
pub const fn import(status: RunStatus) -> (Tone, &'static str) {
    match status {
        RunStatus::Checking => (Tone::Info, "Checking"),
        RunStatus::Checked => (Tone::Attention, "Ready to import"),
        RunStatus::Queued => (Tone::Info, "Queued"),
        RunStatus::Running => (Tone::Info, "Importing"),
        RunStatus::Done => (Tone::Positive, "Imported"),
        RunStatus::Failed => (Tone::Critical, "Failed"),
    }
}

/// All that a list says about an order's state: only what differs from the quiet case of its kind.
pub fn of_order(row: &OrderRow) -> impl Iterator<Item = (Tone, &'static str)> + use<> {
    let (first, second) = match (row.kind, row.status) {
        (_, OrderStatus::Cancelled) => (order(row.status), None),
        (OrderKind::Return, _) => (kind(row.kind), None),
        (OrderKind::Sale, _) => (paid(row), Some(fulfilment(row.fulfilment_status))),
    };
    std::iter::once(first).chain(second)
}
