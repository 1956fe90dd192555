//! A delivery on its way: what is sent, and sending it by hand.

use chrono::{DateTime, Utc};
use domain::ids::{DeliveryId, WebhookId};
use domain::webhooks::{DeliveryState, Secret, TEST, WebhookState};
use sea_orm::{ColumnTrait, QueryFilter, Set};
use serde_json::json;

use super::change::{lock, refuse_beyond_own};
use super::deliveries::delivery;
use super::dispatch::put_one;
use super::list::wanted;
use super::{QUEUE, secret};
use crate::entities::text::Text;
use crate::entities::{TenantQueries, tenant, webhook, webhook_delivery};
use crate::error::DataError;
use crate::queue::{self, NewJob};
use crate::scope::Scope;
use crate::sealing::Sealer;

/// The job that sends one delivery until it needs no further attempt.
pub const DELIVER: &str = "deliver_webhook";

// What receivers refuse is no failed try; these are for a database that is away, and last for most of a day.
const TRIES: i16 = 30;

/// What is to be done about a delivery.
#[derive(Debug)]
pub enum Begun {
    /// This is to be sent.
    Send(Call),
    /// Nothing before that moment.
    Later(DateTime<Utc>),
    /// Nothing, for this reason.
    Nothing(&'static str),
}

/// What is to be sent.
#[derive(Clone, Debug)]
pub struct Call {
    /// Which delivery.
    pub delivery: DeliveryId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// Where to.
    pub url: String,
    /// To the byte.
    pub body: String,
    /// What signs it; nothing where a secret does not open any more.
    pub secrets: Vec<Secret>,
    /// Which attempt it is, from 1.
    pub tries: i16,
    /// Whether somebody only tries the address.
    pub is_trial: bool,
}

/// What is to be done about the delivery `id` now. Nothing is held when this returns. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn begin(scope: &Scope, sealer: &Sealer, id: DeliveryId) -> Result<Begun, DataError> {
    let tx = scope.begin().await?;
    let found = tx
        .find::<webhook_delivery::Entity>()
        .filter(webhook_delivery::Column::Id.eq(id.0))
        .find_also_related(webhook::Entity)
        .find_also_related(tenant::Entity)
        .one(tx.conn())
        .await?;
    tx.end();
    let Some((row, Some(webhook), Some(tenant))) = found else { return Ok(Begun::Nothing("the webhook was deleted")) };
    let is_trial = row.kind == TEST;
    let Some(due) = row.next_at else { return Ok(Begun::Nothing("the delivery is already finished")) };
    if tenant.suspended_at.is_some() {
        return Ok(Begun::Nothing("the tenant is suspended"));
    }
    if *webhook.state != WebhookState::Live && !is_trial {
        return Ok(Begun::Nothing("the webhook is paused"));
    }
    if due > scope.now() {
        return Ok(Begun::Later(due));
    }
    let secrets = secrets(scope, sealer, &webhook);
    let tries = row.tries.saturating_add(1);
    let to = WebhookId(webhook.id);
    Ok(Begun::Send(Call { delivery: id, webhook: to, url: webhook.url, body: row.body, secrets, tries, is_trial }))
}

/// Sends something that is no event, once, so that the address can be tried; while it is paused as well.
///
/// # Errors
/// [`DataError::NotFound`] for a webhook that is not the tenant's; [`DataError::Refused`] in a suspended tenant.
pub async fn test(scope: &Scope, id: WebhookId) -> Result<DeliveryId, DataError> {
    let tx = scope.begin().await?;
    lock(&tx, id).await?;
    let words = json!({"words": "This is a test message."});
    let delivery = put_one(&tx, id, TEST, &words).await?;
    queue::enqueue(&tx, &delivering(delivery)).await?;
    crate::audit::note(&tx, "webhook.test", &id.to_string(), json!({"delivery": delivery})).await?;
    tx.commit().await?;
    Ok(delivery)
}

/// Sends the delivery `id` of `webhook` again, at once and with all its attempts, under the same name: a receiver that has
/// it already can tell.
///
/// # Errors
/// [`DataError::NotFound`] for what is not the tenant's; [`DataError::Refused`] while the webhook rests, and where it sends
/// what the actor may not read.
pub async fn again(scope: &Scope, webhook: WebhookId, id: DeliveryId) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let sends = lock(&tx, webhook).await?;
    let found = delivery(&tx, webhook, id).await?;
    refuse_beyond_own(&tx, &wanted(&sends.kinds, sends.store_id))?;
    if *sends.state != WebhookState::Live && found.kind != TEST {
        return Err(DataError::Refused("Resume the webhook first.".to_owned()));
    }
    let anew = webhook_delivery::ActiveModel {
        state: Set(Text(DeliveryState::Waiting)),
        tries: Set(0),
        next_at: Set(Some(scope.now())),
        finished_at: Set(None),
        ..Default::default()
    };
    let update = tx.update::<webhook_delivery::Entity>().set(anew);
    update.filter(webhook_delivery::Column::Id.eq(id.0)).exec(tx.conn()).await?;
    let job = delivering(id);
    if !queue::hasten(&tx, &job).await? {
        queue::enqueue(&tx, &job).await?;
    }
    crate::audit::note(&tx, "webhook.resend", &webhook.to_string(), json!({"delivery": id})).await?;
    tx.commit().await
}

/// The job that sends it; a delivery has one at a time.
pub(super) fn delivering(id: DeliveryId) -> NewJob {
    let job = NewJob::new(DELIVER, json!({"delivery": id}));
    NewJob { key: Some(id.to_string()), queue: QUEUE, max_attempts: TRIES, ..job }
}

fn secrets(scope: &Scope, sealer: &Sealer, webhook: &webhook::Model) -> Vec<Secret> {
    let open = |sealed: &[u8]| secret::open(sealer, scope.tenant(), WebhookId(webhook.id), sealed).ok();
    let former = webhook.old_secret.as_deref().filter(|_| webhook.old_until.is_some_and(|until| until > scope.now()));
    // The former one alone would sign for a day only.
    match open(&webhook.secret) {
        Some(secret) => std::iter::once(secret).chain(former.and_then(open)).collect(),
        None => Vec::new(),
    }
}
