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
        heading: "A webhook was switched off".to_owned(),
        parts: vec![
            Part::Words(format!("Events are not sent to {address} any more. {}", off.reason)),
            Part::Words(
                "What happens meanwhile is kept. Repair the address, then resume the webhook: it goes on where it stopped, or from then on."
                    .to_owned(),
            ),
        ],
        link: Some(("Open the webhook".to_owned(), link)),
        footer: "You get this because you own the account.".to_owned(),
    };
    let body = serde_json::to_value(&letter).unwrap_or_default();
    let moment = scope.now().timestamp_micros();
    let mail = |owner: &String| NewMail {
        key: format!("webhook:{}:{moment}:{owner}", off.webhook),
        kind: "webhook",
        recipient: owner.clone(),
        subject: "A webhook was switched off".to_owned(),
        body: body.clone(),
    };
    off.owners.iter().map(mail).collect()
}
