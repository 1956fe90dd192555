//! Events that nobody resumes from any more.

use chrono::TimeDelta;
use db::platform::Platform;
use db::{Access, DataError, Db, feed, settings};
use domain::permission::Permission;
use tokio_util::sync::CancellationToken;

use super::TENANTS;
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Forgets events of all tenants that are older than each wants them, a few thousand a transaction; how many. The newest
/// 10,000 of each stay in any case. Twice is safe: what is gone is gone.
///
/// # Errors
/// When PostgreSQL fails; what was forgotten until then stays so.
pub async fn prune(db: &Db, stop: &CancellationToken) -> Result<u64, DataError> {
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

/// The job `prune_feed`.
pub(crate) async fn prune_job(job: Running) -> Result<Outcome, JobError> {
    job.log.info(format!("{} events deleted", prune(&job.db, &job.stop).await?));
    Ok(Outcome::Done)
}
