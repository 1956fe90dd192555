//! Hears of commits as the live feed does, and has the feeds of those tenants read that have webhooks. An order pays
//! nothing for it: what was announced is looked up here, for all tenants at once and twice a second at most.

use std::collections::HashSet;
use std::time::Duration;

use db::platform::Platform;
use db::queue::enqueue_for_platform;
use db::webhooks::{behind, catching_up, dispatching};
use db::{DataError, Db};
use domain::ids::TenantId;
use tokio_util::sync::CancellationToken;

use super::dispatch::OVERDUE;

const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Looks until `stop`.
pub async fn watch(db: Db, stop: CancellationToken) {
    let platform = Platform::job(db.clone());
    let mut waiting = HashSet::new();
    loop {
        waiting.extend(db.hub().take_heard());
        if !waiting.is_empty() {
            match look(&platform, &waiting).await {
                Ok(again) => waiting = again,
                Err(error) => tracing::warn!(%error, "cannot check for pending webhook events"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Enqueues the reading for those of `heard` that have webhooks behind their feed. Those for which one is at work already
/// are given back: it may have looked before the last event was there.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn look(platform: &Platform, heard: &HashSet<TenantId>) -> Result<HashSet<TenantId>, DataError> {
    let heard: Vec<TenantId> = heard.iter().copied().collect();
    // Only for their feed: what is overdue is found by the timetable.
    let found = behind(platform, Some(&heard), chrono::DateTime::UNIX_EPOCH).await?;
    let mut again = HashSet::new();
    if found.is_empty() {
        return Ok(again);
    }
    let tx = platform.begin().await?;
    for tenant in found {
        if enqueue_for_platform(&tx, tenant, &dispatching()).await?.is_none() {
            again.insert(tenant);
        }
    }
    tx.commit().await?;
    Ok(again)
}

/// The same for all tenants, whatever was heard, and for what nobody works on; how many.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn look_everywhere(platform: &Platform) -> Result<usize, DataError> {
    let found = behind(platform, None, platform.db().clock().now() - OVERDUE).await?;
    if found.is_empty() {
        return Ok(0);
    }
    let tx = platform.begin().await?;
    for tenant in &found {
        enqueue_for_platform(&tx, *tenant, &catching_up()).await?;
    }
    tx.commit().await?;
    Ok(found.len())
}
