//! States in words, and what a webhook is called.

use db::webhooks::Webhook;
use domain::webhooks::{DeliveryState, WebhookState};

use crate::ui::Tone;

/// How a webhook fares.
pub(super) const fn state(webhook: &Webhook) -> (Tone, &'static str) {
    match (webhook.state, webhook.failing_since.is_some()) {
        (WebhookState::Live, false) => (Tone::Positive, "Active"),
        (WebhookState::Live, true) => (Tone::Attention, "Failing"),
        (WebhookState::Paused, _) => (Tone::Neutral, "Paused"),
        (WebhookState::Off, _) => (Tone::Critical, "Disabled"),
    }
}

/// How a delivery fares.
pub(super) const fn delivery(state: DeliveryState) -> (Tone, &'static str) {
    let tone = match state {
        DeliveryState::Waiting => Tone::Info,
        DeliveryState::Delivered => Tone::Positive,
        DeliveryState::Failed => Tone::Critical,
    };
    (tone, state.words())
}

/// Which events it is told of.
pub(super) fn kinds(webhook: &Webhook) -> String {
    let kinds = &webhook.wanted.kinds;
    if kinds.is_empty() {
        return "All events".to_owned();
    }
    kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
}

/// In which store.
pub(super) fn store(webhook: &Webhook) -> String {
    match (&webhook.store, webhook.wanted.store) {
        (Some(name), _) => name.clone(),
        (None, Some(_)) => "A deleted store".to_owned(),
        (None, None) => "All stores".to_owned(),
    }
}
