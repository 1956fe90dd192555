//! The feeds of tenants read into deliveries. Commits are heard of as the live feed hears of them, and the feeds of those
//! tenants are read that have webhooks. An order pays nothing for it: what was announced is looked up here, for all
//! tenants at once and twice a second at most.

use std::collections::HashSet;
use std::time::Duration;

use chrono::TimeDelta;
use db::platform::Platform;
use db::queue::enqueue_for_platform;
use db::webhooks::{Dispatched, behind, catching_up, dispatching};
use db::{DataError, Db, Scope};
use domain::ids::TenantId;
use domain::permission::Permission;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::context::Running;
use crate::outcome::{JobError, Outcome};

const LOOK_EVERY: Duration = Duration::from_millis(500);
// As many deliveries in one transaction, whose rows of webhooks others wait for.
const AT_ONCE: i64 = 500;
/// What was due so long ago has nobody who works on it.
const OVERDUE: TimeDelta = TimeDelta::minutes(2);

#[derive(Deserialize)]
struct How {
    #[serde(default)]
    overdue: bool,
}

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

/// Reads on until nothing is left, and takes up what is `overdue`; what it came to.
///
/// # Errors
/// When PostgreSQL fails; what was written until then stays so.
pub async fn dispatch(scope: &Scope, overdue: bool, stop: &CancellationToken) -> Result<Dispatched, DataError> {
    let due = overdue.then(|| scope.now() - OVERDUE);
    let mut all = Dispatched::default();
    loop {
        let round = db::webhooks::dispatch(scope, AT_ONCE, due).await?;
        all.made += round.made;
        all.found += round.found;
        all.goes_on = round.goes_on;
        if !round.goes_on || stop.is_cancelled() {
            return Ok(all);
        }
    }
}

/// The job `dispatch_webhooks`: reads one tenant's feed for its webhooks. Twice is safe: an event is looked at once,
/// whoever comes second.
pub(crate) async fn dispatch_job(job: Running) -> Result<Outcome, JobError> {
    let scope = job.scope(Permission::ManageKeys)?;
    let How { overdue } = job.payload()?;
    let done = dispatch(&scope, overdue, &job.stop).await?;
    if done.goes_on {
        return Ok(Outcome::Snooze(TimeDelta::zero()));
    }
    job.log.info(format!("{} deliveries created, {} started", done.made, done.found));
    Ok(Outcome::Done)
}

/// The job `dispatch_all_webhooks`: looks for all tenants whose webhooks have something to do. Twice is safe: each has
/// one live job of the kind.
pub(crate) async fn dispatch_all_job(job: Running) -> Result<Outcome, JobError> {
    job.log.info(format!("{} tenants queued", look_everywhere(&job.platform()).await?));
    Ok(Outcome::Done)
}

// As `look`, for all tenants, whatever was heard, and for what nobody works on; how many.
async fn look_everywhere(platform: &Platform) -> Result<usize, DataError> {
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
