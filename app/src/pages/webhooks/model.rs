//! The data of the pages of webhooks.

use db::webhooks::{Delivery, Webhook};
use domain::fields::FieldErrors;
use domain::page::{Page, Place};
use domain::webhooks::DeliveryQuery;

use crate::frame::TenantFrame;
use crate::ui::Clock;

/// What the list of webhooks shows.
#[derive(Clone, Debug)]
pub struct WebhookIndex {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The webhooks, the newest first.
    pub webhooks: Vec<Webhook>,
    /// The form.
    pub form: WebhookForm,
    /// The secret of one that was just made.
    pub made: Option<String>,
    /// The word for what was just done.
    pub done: Option<String>,
    /// Now.
    pub clock: Clock,
}

/// What was typed.
#[derive(Clone, Debug, Default)]
pub struct WebhookForm {
    /// Where events are to be sent.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// The kinds chosen.
    pub kinds: Vec<String>,
    /// The slug of its only store; empty for all.
    pub store: String,
    /// What is wrong.
    pub faults: FieldErrors,
}

/// What the page of a webhook that is changed shows.
#[derive(Clone, Debug)]
pub struct EditWebhook {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The webhook.
    pub webhook: Webhook,
    /// The form.
    pub form: WebhookForm,
}

/// What the page of one webhook shows.
#[derive(Clone, Debug)]
pub struct OneWebhook {
    /// What surrounds it.
    pub frame: TenantFrame,
    /// The webhook.
    pub webhook: Webhook,
    /// The secret that was just made.
    pub made: Option<String>,
    /// The word for what was just done.
    pub done: Option<String>,
    /// Why a change was refused.
    pub refused: Option<String>,
    /// Which deliveries, as far as that could be understood.
    pub query: DeliveryQuery,
    /// The query of the address as it was typed: names and values.
    pub typed: Vec<(String, String)>,
    /// What of it could not be understood, and is ignored.
    pub faults: FieldErrors,
    /// One page of deliveries.
    pub page: Page<Delivery, Place>,
    /// Now.
    pub clock: Clock,
}

impl OneWebhook {
    /// Where it is.
    pub(super) fn address(&self) -> String {
        format!("{}/{}", super::address(self.frame.tenant()), self.webhook.id)
    }
}
