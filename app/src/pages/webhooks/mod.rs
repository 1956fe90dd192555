//! Webhooks: where events are sent, and what came of it.

mod form;
mod index;
mod log;
mod show;
mod words;

pub use form::{EditWebhook, WebhookForm, page as edit};
pub use index::{WebhookIndex, page as index};
pub use show::{OneWebhook, page as one};

/// The webhooks of a tenant.
pub fn address(tenant: &str) -> String {
    format!("/t/{tenant}/settings/webhooks")
}
