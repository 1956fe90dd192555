//! Idempotency keys that nobody repeats any more.

use chrono::TimeDelta;
use db::platform::Platform;
use db::{DataError, Db};
use domain::permission::Permission;

use super::TENANTS;
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

const KEPT: TimeDelta = TimeDelta::days(30);

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

/// The job `prune_idempotency`.
pub(crate) async fn prune_job(job: Running) -> Result<Outcome, JobError> {
    job.log.info(format!("{} keys removed", prune(&job.db).await?));
    Ok(Outcome::Done)
}
