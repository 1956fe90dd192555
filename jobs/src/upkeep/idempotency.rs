//! Keys: answers kept for idempotency keys that nobody repeats any more, and API keys that ended long ago.

use chrono::TimeDelta;
use db::platform::Platform;
use db::{DataError, Db};
use domain::permission::Permission;

use super::TENANTS;
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

const KEPT: TimeDelta = TimeDelta::days(30);
/// API keys that were revoked or ran out are shown for so long.
const REMEMBERED: TimeDelta = TimeDelta::days(365);

/// Removes keys older than 30 days of all tenants; how many.
///
/// # Errors
/// When PostgreSQL fails; what was removed until then stays so.
pub async fn prune(db: &Db) -> Result<u64, DataError> {
    let before = db.clock().now() - KEPT;
    let mut gone = 0;
    for tenant in Platform::command(db.clone()).tenants(TENANTS).await? {
        let scope = db::Access::job(db.clone(), tenant.id).scope(Permission::WriteOrders)?;
        gone += db::idempotency::prune(&scope, before).await?;
    }
    Ok(gone)
}

/// Forgets API keys of all tenants that were revoked or ran out a year ago; how many.
///
/// # Errors
/// When PostgreSQL fails; what was forgotten until then stays so.
pub async fn prune_ended(db: &Db) -> Result<u64, DataError> {
    let before = db.clock().now() - REMEMBERED;
    let mut gone = 0;
    for tenant in Platform::command(db.clone()).tenants(TENANTS).await? {
        let scope = db::Access::job(db.clone(), tenant.id).scope(Permission::ManageKeys)?;
        gone += db::api_keys::prune(&scope, before).await?;
    }
    Ok(gone)
}

/// The job `prune_idempotency`.
pub(crate) async fn prune_job(job: Running) -> Result<Outcome, JobError> {
    let (answers, ended) = (prune(&job.db).await?, prune_ended(&job.db).await?);
    job.log.info(format!("{answers} idempotency keys deleted, {ended} API keys deleted"));
    Ok(Outcome::Done)
}
