//! Asking for an archived quarter back: a job, because it may take longer than anybody waits for a page.

use domain::ids::JobId;
use domain::quarter::Quarter;
use serde_json::json;

use super::archiving;
use crate::error::DataError;
use crate::platform::{Platform, PlatformTx};
use crate::queue::{self, NewJob};
use crate::scope::Actor;

/// The job that brings a quarter back. Its payload is `{"quarter": "2024q1", "by": "user:..."}`.
pub const RESTORE_JOB: &str = "restore_partition";

/// Asks for `quarter` back, by whomever; `None` when somebody has asked already.
///
/// # Errors
/// [`DataError::NotFound`] when nothing of it is archived; when PostgreSQL fails.
pub async fn ask_back(platform: &Platform, quarter: Quarter, by: Actor) -> Result<Option<JobId>, DataError> {
    if !archiving::of(platform.db(), quarter).await?.iter().any(|row| row.state.is_away()) {
        return Err(DataError::NotFound("archived quarter"));
    }
    let job = NewJob {
        key: Some(quarter.to_string()),
        queue: "heavy",
        ..NewJob::new(RESTORE_JOB, json!({"quarter": quarter, "by": by.to_string()}))
    };
    let tx = platform.begin().await?;
    let made = queue::enqueue_for_platform(&tx, PlatformTx::NIL, &job).await?;
    tx.commit().await?;
    Ok(made)
}
