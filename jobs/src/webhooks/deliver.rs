//! One attempt at one delivery. While the message is out, no connection to the database is held. When the process dies
//! between the receiver's answer and the commit, the message is sent again under the same name: at least once.

use chrono::{DateTime, Utc};
use db::outbox::NewMail;
use db::webhooks::{Begun, Ended, SwitchedOff, begin, finish};
use db::{DataError, Scope};
use domain::ids::{DeliveryId, Uuid};
use domain::permission::Permission;
use serde::Deserialize;

use super::courier::Courier;
use crate::context::Running;
use crate::mail::{Letter, Mailer, Part};
use crate::outcome::{JobError, Outcome};

#[derive(Deserialize)]
struct Which {
    delivery: DeliveryId,
}

/// What became of the attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Attempted {
    /// It needs no further one.
    Over(&'static str),
    /// Another one is due then.
    Again(DateTime<Utc>),
    /// There was none to be made, for this reason.
    Nothing(&'static str),
}

/// Sends the delivery `id`, if it is to be sent now.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn deliver(
    scope: &Scope,
    courier: &Courier,
    mailer: &Mailer,
    id: DeliveryId,
) -> Result<Attempted, DataError> {
    let call = match begin(scope, courier.sealer(), id).await? {
        Begun::Send(call) => call,
        Begun::Later(at) => return Ok(Attempted::Again(at)),
        Begun::Nothing(reason) => return Ok(Attempted::Nothing(reason)),
    };
    let reply = courier.send(&call, scope.now()).await;
    let chance = scope.clock().id::<Uuid>().as_u64_pair().1;
    Ok(match finish(scope, &call, &reply, chance, |off| letters(mailer, scope, off)).await? {
        Ended::Delivered => Attempted::Over("delivered"),
        Ended::Failed => Attempted::Over("failed"),
        Ended::Again(at) => Attempted::Again(at),
        // Somebody wants it sent anew, or nobody wants it any more: the next look tells.
        Ended::Superseded => Attempted::Again(scope.now()),
    })
}

/// The job `deliver_webhook`: sends one delivery, and waits where it must be sent again. Twice sends twice, under one
/// name: receivers can tell.
pub(crate) async fn deliver_job(job: Running) -> Result<Outcome, JobError> {
    let scope = job.scope(Permission::ManageKeys)?;
    let courier = job.tools.courier.as_ref().ok_or_else(|| JobError::new("this process does not send webhooks"))?;
    let Which { delivery } = job.payload()?;
    match deliver(&scope, courier, &job.tools.mailer, delivery).await? {
        Attempted::Over(words) => {
            job.log.info(words);
            Ok(Outcome::Done)
        }
        Attempted::Again(at) => Ok(Outcome::Snooze(at - scope.now())),
        Attempted::Nothing(reason) => Ok(Outcome::Cancel(reason.to_owned())),
    }
}

// Tells each owner that the webhook was switched off.
fn letters(mailer: &Mailer, scope: &Scope, off: &SwitchedOff) -> Vec<NewMail> {
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
