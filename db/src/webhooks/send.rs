//! A delivery on its way: what is sent, and sending it by hand.

use chrono::{DateTime, Utc};
use domain::ids::{DeliveryId, WebhookId};
use domain::webhooks::{Secret, TEST, WebhookState};
use sea_orm::FromQueryResult;
use serde_json::json;
use uuid::Uuid;

use super::change::{lock, refuse_beyond_own};
use super::deliveries::delivery;
use super::dispatch::put_one;
use super::list::read;
use super::{QUEUE, secret};
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

#[derive(FromQueryResult)]
struct Row {
    webhook_id: Uuid,
    kind: String,
    body: String,
    tries: i16,
    next_at: Option<DateTime<Utc>>,
    url: String,
    state: String,
    secret: Vec<u8>,
    old_secret: Option<Vec<u8>>,
    is_suspended: bool,
}

/// What is to be done about the delivery `id` now. Nothing is held when this returns. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn begin(scope: &Scope, sealer: &Sealer, id: DeliveryId) -> Result<Begun, DataError> {
    let tx = scope.begin().await?;
    let sql = "select d.webhook_id, d.kind, d.body, d.tries, d.next_at, w.url, w.state, w.secret, \
                 case when w.old_until > $3 then w.old_secret end as old_secret, t.suspended_at is not null as is_suspended \
               from webhook_deliveries d join webhooks w on w.tenant_id = d.tenant_id and w.id = d.webhook_id \
                 join tenants t on t.id = d.tenant_id \
               where d.tenant_id = $1 and d.id = $2";
    let row: Option<Row> = tx.one(sql, [id.0.into(), scope.now().into()]).await?;
    tx.end();
    let Some(row) = row else { return Ok(Begun::Nothing("the webhook was deleted")) };
    let is_trial = row.kind == TEST;
    let is_live = row.state == WebhookState::Live.as_str();
    let Some(due) = row.next_at else { return Ok(Begun::Nothing("the delivery is already finished")) };
    if row.is_suspended {
        return Ok(Begun::Nothing("the tenant is suspended"));
    }
    if !is_live && !is_trial {
        return Ok(Begun::Nothing("the webhook is paused"));
    }
    if due > scope.now() {
        return Ok(Begun::Later(due));
    }
    let webhook = WebhookId(row.webhook_id);
    let open = |sealed: &[u8]| secret::open(sealer, scope.tenant(), webhook, sealed).ok();
    // The former one alone would sign for a day only.
    let secrets: Vec<Secret> = match open(&row.secret) {
        Some(secret) => std::iter::once(secret).chain(row.old_secret.as_deref().and_then(open)).collect(),
        None => Vec::new(),
    };
    let tries = row.tries.saturating_add(1);
    Ok(Begun::Send(Call { delivery: id, webhook, url: row.url, body: row.body, secrets, tries, is_trial }))
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
    lock(&tx, webhook).await?;
    let found = delivery(&tx, webhook, id).await?;
    let sends = read(&tx, webhook).await?;
    refuse_beyond_own(&tx, &sends.wanted)?;
    if sends.state != WebhookState::Live && found.kind != TEST {
        return Err(DataError::Refused("Resume the webhook first.".to_owned()));
    }
    let sql = "update webhook_deliveries set state = 'waiting', tries = 0, next_at = $3, finished_at = null \
               where tenant_id = $1 and id = $2";
    tx.run(sql, [id.0.into(), scope.now().into()]).await?;
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
