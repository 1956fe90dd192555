//! What must be done now and then, whether or not anybody asks: hourly by the worker, or by name at the command line.

use std::time::Duration;

use chrono::TimeDelta;
use db::platform::Platform;
use db::{DataError, Db};
use domain::permission::Permission;
use tokio_util::sync::CancellationToken;

use crate::partitions;

/// The names that [`run_named`] knows.
pub const NAMES: [&str; 3] = ["partitions", "prune-idempotency", "prune-sessions"];
const EVERY: Duration = Duration::from_secs(3_600);
const KEYS_KEPT: TimeDelta = TimeDelta::days(30);
const TENANTS: u64 = 100_000;

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// There is none of that name.
    #[error("there is no job '{0}'; use one of {names}", names = NAMES.join(", "))]
    Unknown(String),
    /// The database refused or failed.
    #[error("{0}; try again")]
    Data(#[from] DataError),
    /// Steps of it failed, others were done; what happened, in words.
    #[error("{0}; try again")]
    Partly(String),
}

/// Does the job called `name` now; what it did, in words.
///
/// # Errors
/// When there is no such job, or PostgreSQL fails.
pub async fn run_named(db: &Db, name: &str) -> Result<String, JobError> {
    Ok(match name {
        "partitions" => {
            let report = partitions::maintain(db, &CancellationToken::new()).await?;
            if !report.failed.is_empty() {
                return Err(JobError::Partly(report.to_string()));
            }
            report.to_string()
        }
        "prune-sessions" => format!("{} sessions removed", db::sessions::prune(db).await?),
        "prune-idempotency" => format!("{} keys removed", prune_idempotency(db).await?),
        _ => return Err(JobError::Unknown(name.to_owned())),
    })
}

/// Does every job at once and then hourly, until `stop`. One that fails is tried again an hour later.
pub(crate) async fn hourly(db: Db, stop: CancellationToken) {
    let mut hour = tokio::time::interval(EVERY);
    while stop.run_until_cancelled(hour.tick()).await.is_some() {
        for name in NAMES {
            match run_named(&db, name).await {
                Ok(done) => tracing::debug!(job = name, done, "upkeep"),
                Err(error) => tracing::error!(job = name, %error, "upkeep failed"),
            }
        }
    }
}

async fn prune_idempotency(db: &Db) -> Result<u64, DataError> {
    let before = db.clock().now() - KEYS_KEPT;
    let mut gone = 0;
    for tenant in Platform::command(db.clone()).tenants(TENANTS).await? {
        let scope = db::Access::job(db.clone(), tenant.id).scope(Permission::WriteOrders)?;
        gone += db::idempotency::prune(&scope, before).await?;
    }
    Ok(gone)
}
