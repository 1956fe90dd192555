//! Deletion of old rows: how long each kind of row is stored, in one place, and the jobs that delete what is older. How rows
//! are deleted is in `db`, in the `prune` of each noun. Every job may run twice, because the second run finds nothing. What
//! is deleted when a run fails or is stopped stays deleted.

use std::path::Path;

use chrono::TimeDelta;
use db::people::ceremonies;
use db::platform::Platform;
use db::{Access, DataError, Db, api_keys, feed, idempotency, imports, queue, sessions, settings, webhooks};
use domain::permission::Permission;
use tokio_util::sync::CancellationToken;

use super::TENANTS;
use crate::context::Running;
use crate::imports::receive;
use crate::outcome::{JobError, Outcome};

/// Stored responses of the API, by their idempotency keys.
const RESPONSES_KEPT: TimeDelta = TimeDelta::days(30);
/// API keys, from when they expired or were revoked.
const API_KEYS_KEPT: TimeDelta = TimeDelta::days(365);
/// Deliveries of webhooks, from their end. One that waits for so long is given up.
const DELIVERIES_KEPT: TimeDelta = TimeDelta::days(30);

/// The job `prune_feed`.
pub(crate) async fn feed_job(job: Running) -> Result<Outcome, JobError> {
    job.log.info(format!("{} events deleted", events(&job.db, &job.stop).await?));
    Ok(Outcome::Done)
}

/// The job `prune_idempotency`.
pub(crate) async fn keys_job(job: Running) -> Result<Outcome, JobError> {
    let (responses, ended) = (idempotency_keys(&job.db).await?, ended_api_keys(&job.db).await?);
    job.log.info(format!("{responses} idempotency keys deleted, {ended} API keys deleted"));
    Ok(Outcome::Done)
}

/// The job `prune_imports`.
pub(crate) async fn imports_job(job: Running) -> Result<Outcome, JobError> {
    let gone = import_runs(&job.db, &job.tools.data_dir, &job.stop).await?;
    job.log.info(format!("{gone} imports deleted"));
    Ok(Outcome::Done)
}

/// The job `prune_job_runs`: the setting `STOA_JOB_HISTORY_DAYS` says how long attempts are stored.
pub(crate) async fn job_runs_job(job: Running) -> Result<Outcome, JobError> {
    let before = job.db.clock().now() - job.tools.job_history;
    job.log.info(format!("{} attempts deleted", queue::prune(&job.platform(), before).await?));
    Ok(Outcome::Done)
}

/// The job `prune_sessions`: expired sessions, and sign-ins that were not finished in time.
pub(crate) async fn sessions_job(job: Running) -> Result<Outcome, JobError> {
    ceremonies::prune(&job.db).await?;
    job.log.info(format!("{} sessions removed", sessions::prune(&job.db).await?));
    Ok(Outcome::Done)
}

/// The job `prune_webhooks`.
pub(crate) async fn webhooks_job(job: Running) -> Result<Outcome, JobError> {
    job.log.info(format!("{} deliveries deleted", deliveries(&job.db, &job.stop).await?));
    Ok(Outcome::Done)
}

/// Deletes events of all tenants that are older than each tenant's setting, a few thousand in a transaction, and returns how
/// many. The newest 10,000 of each tenant stay in any case.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn events(db: &Db, stop: &CancellationToken) -> Result<u64, DataError> {
    let mut gone = 0;
    for tenant in Platform::command(db.clone()).tenants(TENANTS).await? {
        let scope = Access::job(db.clone(), tenant.id).scope(Permission::ManageStores)?;
        let days = settings::of_tenant(&scope).await?.event_days;
        let before = db.clock().now() - TimeDelta::days(days.into());
        loop {
            if stop.is_cancelled() {
                return Ok(gone);
            }
            let batch = feed::prune(&scope, before).await?;
            gone += batch;
            if batch == 0 {
                break;
            }
        }
    }
    Ok(gone)
}

/// Deletes idempotency keys of all tenants that are older than 30 days, and returns how many.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn idempotency_keys(db: &Db) -> Result<u64, DataError> {
    let before = db.clock().now() - RESPONSES_KEPT;
    let mut gone = 0;
    for tenant in Platform::command(db.clone()).tenants(TENANTS).await? {
        let scope = Access::job(db.clone(), tenant.id).scope(Permission::WriteOrders)?;
        gone += idempotency::prune(&scope, before).await?;
    }
    Ok(gone)
}

/// Deletes API keys of all tenants that expired or were revoked a year ago, and returns how many.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn ended_api_keys(db: &Db) -> Result<u64, DataError> {
    let before = db.clock().now() - API_KEYS_KEPT;
    let mut gone = 0;
    for tenant in Platform::command(db.clone()).tenants(TENANTS).await? {
        let scope = Access::job(db.clone(), tenant.id).scope(Permission::ManageKeys)?;
        gone += api_keys::prune(&scope, before).await?;
    }
    Ok(gone)
}

/// Deletes finished imports of all tenants that are older than each tenant's setting, with their problems and what is left of
/// their files, and returns how many. Orders stay. Without a setting, a tenant's imports stay too.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn import_runs(db: &Db, data_dir: &Path, stop: &CancellationToken) -> Result<usize, DataError> {
    let mut gone = 0;
    for tenant in Platform::command(db.clone()).tenants(TENANTS).await? {
        let scope = Access::job(db.clone(), tenant.id).scope(Permission::RunImports)?;
        let Some(days) = settings::of_tenant(&scope).await?.import_days else { continue };
        let before = db.clock().now() - TimeDelta::days(days.into());
        loop {
            if stop.is_cancelled() {
                return Ok(gone);
            }
            let runs = imports::prune(&scope, before).await?;
            for run in &runs {
                receive::discard(data_dir, &run.file_path).await;
            }
            gone += runs.len();
            if runs.is_empty() {
                break;
            }
        }
    }
    Ok(gone)
}

/// Deletes deliveries of all tenants that ended 30 days ago, gives up those that have waited for so long, and returns how many
/// were deleted.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn deliveries(db: &Db, stop: &CancellationToken) -> Result<u64, DataError> {
    let before = db.clock().now() - DELIVERIES_KEPT;
    let mut gone = 0;
    for tenant in Platform::command(db.clone()).tenants(TENANTS).await? {
        let scope = Access::job(db.clone(), tenant.id).scope(Permission::ManageKeys)?;
        loop {
            if stop.is_cancelled() {
                return Ok(gone);
            }
            let batch = webhooks::prune(&scope, before).await?;
            gone += batch;
            if batch == 0 {
                break;
            }
        }
    }
    Ok(gone)
}
