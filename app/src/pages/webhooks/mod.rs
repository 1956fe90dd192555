//! Webhooks: where events are sent, and what came of it.

mod form;
mod index;
mod log;
mod model;
mod show;
mod words;

pub use form::page as edit;
pub use index::page as index;
pub use model::{EditWebhook, OneWebhook, WebhookForm, WebhookIndex};
pub use show::page as one;

/// The webhooks of a tenant.
pub fn address(tenant: &str) -> String {
    format!("/t/{tenant}/settings/webhooks")
}
