//! Tells owners that a webhook was switched off.

use db::Scope;
use db::outbox::NewMail;
use db::webhooks::SwitchedOff;

use crate::mail::{Letter, Mailer, Part};

/// A letter to each owner.
pub(super) fn letters(mailer: &Mailer, scope: &Scope, off: &SwitchedOff) -> Vec<NewMail> {
    let link = mailer.link(&format!("/t/{}/settings/webhooks/{}", off.tenant, off.webhook));
    // What stands behind a `?` is often a password of the receiver.
    let address = off.url.split(['?', '#']).next().unwrap_or_default();
    let letter = Letter {
        heading: "Webhook disabled".to_owned(),
        parts: vec![
            Part::Words(format!("Stoa stopped sending events to {address}. {}", off.reason)),
            Part::Words(
                "Stoa stores new events. Fix the URL, then resume the webhook from the last delivery, or from now on."
                    .to_owned(),
            ),
        ],
        link: Some(("Open webhook".to_owned(), link)),
        footer: "You receive this email because you are the owner.".to_owned(),
    };
    let body = serde_json::to_value(&letter).unwrap_or_default();
    let moment = scope.now().timestamp_micros();
    let mail = |owner: &String| NewMail {
        key: format!("webhook:{}:{moment}:{owner}", off.webhook),
        kind: "webhook",
        recipient: owner.clone(),
        subject: "Webhook disabled".to_owned(),
        body: body.clone(),
    };
    off.owners.iter().map(mail).collect()
}
