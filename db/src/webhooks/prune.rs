//! Deliveries that ended long ago.

use chrono::{DateTime, Utc};
use domain::webhooks::DeliveryState;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait, Set};

use crate::entities::text::Text;
use crate::entities::{TenantQueries, extras, webhook_delivery};
use crate::error::DataError;
use crate::scope::Scope;

const AT_ONCE: u64 = 5_000;

/// Gives up what has waited since before `before`, as at a webhook that was paused and forgotten, and forgets what ended
/// before then, [`AT_ONCE`] at most; how many are gone. Index: `webhook_deliveries_finished`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(scope: &Scope, before: DateTime<Utc>) -> Result<u64, DataError> {
    let tx = scope.begin().await?;
    let given_up = webhook_delivery::ActiveModel {
        state: Set(Text(DeliveryState::Failed)),
        next_at: Set(None),
        finished_at: Set(Some(scope.now())),
        ..Default::default()
    };
    let waiting = tx
        .update::<webhook_delivery::Entity>()
        .set(given_up)
        .filter(extras::is(webhook_delivery::Column::State, Text(DeliveryState::Waiting)));
    waiting.filter(webhook_delivery::Column::CreatedAt.lt(before)).exec(tx.conn()).await?;
    let ended = tx.find::<webhook_delivery::Entity>().filter(webhook_delivery::Column::FinishedAt.lt(before));
    let ended = ended.select_only().column(webhook_delivery::Column::Id).limit(AT_ONCE).into_query();
    let delete = tx.delete::<webhook_delivery::Entity>().filter(webhook_delivery::Column::Id.in_subquery(ended));
    let gone = delete.exec(tx.conn()).await?.rows_affected;
    tx.commit().await?;
    Ok(gone)
}
