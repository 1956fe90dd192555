//! Unused uploads: runs that were checked but never started, and the remains of interrupted uploads.

use std::path::Path;
use std::time::{Duration, SystemTime};

use chrono::TimeDelta;
use db::platform::Platform;
use db::{Access, DataError, Db};
use domain::permission::Permission;
use tokio::fs;

use super::receive;
use crate::context::Running;
use crate::outcome::{JobError, Outcome};
use crate::upkeep::TENANTS;

/// How long a checked run may wait to be started.
pub const WAITS: TimeDelta = TimeDelta::days(7);
/// An upload takes less than this.
const ARRIVES_WITHIN: Duration = Duration::from_secs(86_400);

/// Gives up runs of all tenants that were never started, removes their files, and returns how many. Safe to do twice, and at
/// once with a start of the same run: the first of the two wins.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn expire(db: &Db, data_dir: &Path) -> Result<usize, DataError> {
    let before = db.clock().now() - WAITS;
    let mut given_up = 0;
    for tenant in Platform::command(db.clone()).tenants(TENANTS).await? {
        let scope = Access::job(db.clone(), tenant.id).scope(Permission::RunImports)?;
        loop {
            let expired = db::imports::expire(&scope, before).await?;
            for run in &expired {
                receive::discard(data_dir, &run.file_path).await;
            }
            given_up += expired.len();
            if expired.is_empty() {
                break;
            }
        }
    }
    sweep(data_dir).await;
    Ok(given_up)
}

/// The job `expire_imports`: gives up uploads that nobody started. Twice is safe: the second finds nothing.
pub(crate) async fn expire_job(job: Running) -> Result<Outcome, JobError> {
    let given_up = expire(&job.db, &job.tools.data_dir).await?;
    job.log.info(format!("{given_up} unused uploads expired"));
    Ok(Outcome::Done)
}

// Files that stopped arriving when a process was killed.
async fn sweep(data_dir: &Path) {
    let Ok(mut folders) = fs::read_dir(receive::root(data_dir)).await else { return };
    while let Ok(Some(folder)) = folders.next_entry().await {
        let Ok(mut files) = fs::read_dir(folder.path()).await else { continue };
        while let Ok(Some(file)) = files.next_entry().await {
            let path = file.path();
            let is_part = path.extension().is_some_and(|extension| extension == "part");
            if is_part && is_stale(&path).await {
                tracing::info!(path = %path.display(), "removing the remains of an interrupted upload");
                let _absent = fs::remove_file(&path).await;
            }
        }
    }
}

async fn is_stale(path: &Path) -> bool {
    let written = fs::metadata(path).await.and_then(|about| about.modified());
    written.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > ARRIVES_WITHIN))
}
