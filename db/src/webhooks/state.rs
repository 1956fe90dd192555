//! Pausing and going on.

use domain::ids::WebhookId;
use domain::webhooks::{DeliveryState, WebhookState};
use sea_orm::{ColumnTrait, QueryFilter, Set};
use serde_json::json;

use super::change::{lock, refuse_beyond_own, update};
use super::dispatch::{dispatching, forgotten};
use super::list::wanted;
use super::send::delivering;
use crate::entities::text::Text;
use crate::entities::{TenantQueries, extras, webhook, webhook_delivery};
use crate::error::DataError;
use crate::queue::{self, NewJob};
use crate::scope::{Scope, Tx};

const AT_ONCE: i64 = 500;

/// Where a webhook goes on that was paused or off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resume {
    /// Where it was stopped: what happened meanwhile is told, as far as the feed still has it.
    WhereItStopped,
    /// From now on: what happened meanwhile, or was waiting, is not told.
    FromNow,
}

/// Stops it: nothing is sent until it is resumed.
///
/// # Errors
/// [`DataError::NotFound`] for a webhook that is not the tenant's; [`DataError::Refused`] for one that is not live.
pub async fn pause(scope: &Scope, id: WebhookId) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    if *lock(&tx, id).await?.state != WebhookState::Live {
        return Err(DataError::Refused("This webhook is already paused.".to_owned()));
    }
    let paused = webhook::ActiveModel { state: Set(Text(WebhookState::Paused)), ..Default::default() };
    update(&tx, id, paused).exec(tx.conn()).await?;
    crate::audit::note(&tx, "webhook.pause", &id.to_string(), json!({})).await?;
    tx.commit().await
}

/// Lets it go on.
///
/// # Errors
/// [`DataError::NotFound`] for a webhook that is not the tenant's; [`DataError::Refused`] for one that is live, or that
/// sends what the actor may not read.
pub async fn resume(scope: &Scope, id: WebhookId, from: Resume) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let row = lock(&tx, id).await?;
    refuse_beyond_own(&tx, &wanted(&row.kinds, row.store_id))?;
    let was = *row.state;
    if was == WebhookState::Live {
        return Err(DataError::Refused("This webhook is already active.".to_owned()));
    }
    let live = webhook::ActiveModel {
        state: Set(Text(WebhookState::Live)),
        reason: Set(None),
        failing_since: Set(None),
        ..Default::default()
    };
    update(&tx, id, live).exec(tx.conn()).await?;
    if from == Resume::FromNow {
        let read_seq = Set(crate::feed::head(&tx).await?);
        update(&tx, id, webhook::ActiveModel { read_seq, ..Default::default() }).exec(tx.conn()).await?;
        forgo(&tx, id).await?;
    }
    let details = json!({"was": was.as_str(), "from_now": from == Resume::FromNow});
    crate::audit::note(&tx, "webhook.resume", &id.to_string(), details).await?;
    queue::enqueue(&tx, &dispatching()).await?;
    // What waited while it rested; what is more than that, the timetable finds.
    let waited: Vec<NewJob> = forgotten(&tx, scope.now(), AT_ONCE).await?.into_iter().map(delivering).collect();
    queue::enqueue_all(&tx, &waited).await?;
    tx.commit().await
}

// What was waiting is not sent any more.
async fn forgo(tx: &Tx, id: WebhookId) -> Result<(), DataError> {
    let failed = webhook_delivery::ActiveModel {
        state: Set(Text(DeliveryState::Failed)),
        next_at: Set(None),
        finished_at: Set(Some(tx.scope().now())),
        ..Default::default()
    };
    let waiting = tx
        .update::<webhook_delivery::Entity>()
        .set(failed)
        .filter(webhook_delivery::Column::WebhookId.eq(id.0))
        .filter(extras::is(webhook_delivery::Column::State, Text(DeliveryState::Waiting)));
    waiting.exec(tx.conn()).await?;
    Ok(())
}
