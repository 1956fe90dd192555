//! Pausing and going on.

use domain::ids::WebhookId;
use domain::webhooks::WebhookState;
use serde_json::json;

use super::change::{lock, refuse_beyond_own};
use super::dispatch::{dispatching, forgotten};
use super::list::read;
use super::send::delivering;
use crate::error::DataError;
use crate::queue::{self, NewJob};
use crate::scope::Scope;

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
    lock(&tx, id).await?;
    if read(&tx, id).await?.state != WebhookState::Live {
        return Err(DataError::Refused("This webhook is already paused.".to_owned()));
    }
    tx.run("update webhooks set state = 'paused' where tenant_id = $1 and id = $2", [id.0.into()]).await?;
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
    lock(&tx, id).await?;
    let webhook = read(&tx, id).await?;
    refuse_beyond_own(&tx, &webhook.wanted)?;
    let was = webhook.state;
    if was == WebhookState::Live {
        return Err(DataError::Refused("This webhook is already active.".to_owned()));
    }
    let sql =
        "update webhooks set state = 'live', reason = null, failing_since = null where tenant_id = $1 and id = $2";
    tx.run(sql, [id.0.into()]).await?;
    if from == Resume::FromNow {
        let head = crate::feed::head(&tx).await?;
        tx.run("update webhooks set read_seq = $3 where tenant_id = $1 and id = $2", [id.0.into(), head.into()])
            .await?;
        let sql = "update webhook_deliveries set state = 'failed', next_at = null, finished_at = $3 \
                   where tenant_id = $1 and webhook_id = $2 and state = 'waiting'";
        tx.run(sql, [id.0.into(), scope.now().into()]).await?;
    }
    let details = json!({"was": was.as_str(), "from_now": from == Resume::FromNow});
    crate::audit::note(&tx, "webhook.resume", &id.to_string(), details).await?;
    queue::enqueue(&tx, &dispatching()).await?;
    // What waited while it rested; what is more than that, the timetable finds.
    let waited: Vec<NewJob> = forgotten(&tx, scope.now(), AT_ONCE).await?.into_iter().map(delivering).collect();
    queue::enqueue_all(&tx, &waited).await?;
    tx.commit().await
}
