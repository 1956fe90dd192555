//! The jobs `dispatch_webhooks`, `dispatch_all_webhooks` and `deliver_webhook`.

use chrono::TimeDelta;
use domain::ids::DeliveryId;
use domain::permission::Permission;
use serde::Deserialize;

use super::deliver::Attempted;
use super::watch::look_everywhere;
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

#[derive(Deserialize)]
struct Which {
    delivery: DeliveryId,
}

#[derive(Deserialize)]
struct How {
    #[serde(default)]
    overdue: bool,
}

/// Reads one tenant's feed for its webhooks. Twice is safe: each event is read once.
pub(crate) async fn dispatch(job: Running) -> Result<Outcome, JobError> {
    let scope = job.scope(Permission::ManageKeys)?;
    let How { overdue } = job.payload()?;
    let done = super::dispatch(&scope, overdue, &job.stop).await?;
    if done.goes_on {
        return Ok(Outcome::Snooze(TimeDelta::zero()));
    }
    job.log.info(format!("{} deliveries created, {} started", done.made, done.found));
    Ok(Outcome::Done)
}

/// Looks for all tenants whose webhooks have something to do. Twice is safe: each has one live job of the kind.
pub(crate) async fn dispatch_all(job: Running) -> Result<Outcome, JobError> {
    job.log.info(format!("{} tenants queued", look_everywhere(&job.platform()).await?));
    Ok(Outcome::Done)
}

/// Sends one delivery, and waits where it must be sent again. Twice sends twice, under one name: receivers can tell.
pub(crate) async fn deliver(job: Running) -> Result<Outcome, JobError> {
    let scope = job.scope(Permission::ManageKeys)?;
    let courier = job.tools.courier.as_ref().ok_or_else(|| JobError::new("this process does not send webhooks"))?;
    let Which { delivery } = job.payload()?;
    match super::deliver(&scope, courier, &job.tools.mailer, delivery).await? {
        Attempted::Over(words) => {
            job.log.info(words);
            Ok(Outcome::Done)
        }
        Attempted::Again(at) => Ok(Outcome::Snooze(at - scope.now())),
        Attempted::Nothing(reason) => Ok(Outcome::Cancel(reason.to_owned())),
    }
}
