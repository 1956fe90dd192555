//! Deliveries that ended a month ago.

use chrono::TimeDelta;
use db::platform::Platform;
use db::{Access, DataError, Db, webhooks};
use domain::permission::Permission;
use tokio_util::sync::CancellationToken;

use crate::context::Running;
use crate::outcome::{JobError, Outcome};
use crate::upkeep::TENANTS;

const KEPT: TimeDelta = TimeDelta::days(30);

/// Forgets what ended 30 days ago, of all tenants, and gives up what waited for so long; how many are gone. Twice is safe:
/// what is gone is gone.
///
/// # Errors
/// When PostgreSQL fails; what was forgotten until then stays so.
pub async fn prune(db: &Db, stop: &CancellationToken) -> Result<u64, DataError> {
    let before = db.clock().now() - KEPT;
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

/// The job `prune_webhooks`: forgets what ended a month ago. Twice is safe: what is gone is gone.
pub(crate) async fn prune_job(job: Running) -> Result<Outcome, JobError> {
    job.log.info(format!("{} deliveries deleted", prune(&job.db, &job.stop).await?));
    Ok(Outcome::Done)
}
