//! Imports that ended longer ago than their tenant wants to keep them.

use std::path::Path;

use chrono::TimeDelta;
use db::platform::Platform;
use db::{Access, DataError, Db, settings};
use domain::permission::Permission;
use tokio_util::sync::CancellationToken;

use super::receive;
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

const TENANTS: u64 = 100_000;

/// Forgets such runs of all tenants, with their problems and whatever is left of their files; how many. Orders stay. Where
/// nobody chose a time, imports are kept for ever. Twice is safe: what is gone is gone.
///
/// # Errors
/// When PostgreSQL fails; what was forgotten until then stays so.
pub async fn prune(db: &Db, data_dir: &Path, stop: &CancellationToken) -> Result<usize, DataError> {
    let mut gone = 0;
    for tenant in Platform::command(db.clone()).tenants(TENANTS).await? {
        let scope = Access::job(db.clone(), tenant.id).scope(Permission::RunImports)?;
        let Some(days) = settings::of_tenant(&scope).await?.import_days else { continue };
        let before = db.clock().now() - TimeDelta::days(days.into());
        loop {
            if stop.is_cancelled() {
                return Ok(gone);
            }
            let runs = db::imports::prune(&scope, before).await?;
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

/// The job `prune_imports`: forgets imports that their tenants no longer keep. Twice is safe: the second finds nothing.
pub(crate) async fn prune_job(job: Running) -> Result<Outcome, JobError> {
    let gone = prune(&job.db, &job.tools.data_dir, &job.stop).await?;
    job.log.info(format!("{gone} imports deleted"));
    Ok(Outcome::Done)
}
