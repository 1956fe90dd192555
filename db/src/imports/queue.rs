//! The jobs of a run: one checks or stores it, one begins it anew an hour after it failed.

use chrono::TimeDelta;
use domain::ids::ImportId;
use domain::imports::RunStatus;
use serde_json::json;

use crate::error::DataError;
use crate::queue::{NewJob, enqueue};
use crate::scope::{Scope, Tx};

const PAUSE: TimeDelta = TimeDelta::hours(1);

/// Makes the job of a run that is at `status`. Checking and storing have keys of their own: a person's word may come while
/// the job that checked is not quite over.
pub(super) async fn enqueue_run(tx: &Tx, id: ImportId, status: RunStatus, round: i16) -> Result<(), DataError> {
    let phase = if status == RunStatus::Checking { "check" } else { "apply" };
    let job = NewJob {
        key: Some(format!("{phase}:{id}")),
        queue: "heavy",
        // The run counts its attempts itself, by whether it gets further.
        max_attempts: i16::MAX,
        ..NewJob::new("apply_import", json!({"import": id, "round": round}))
    };
    enqueue(tx, &job).await.map(drop)
}

pub(super) async fn enqueue_retry(tx: &Tx, id: ImportId, round: i16) -> Result<(), DataError> {
    let job = NewJob {
        key: Some(id.to_string()),
        run_at: Some(tx.scope().now() + PAUSE),
        ..NewJob::new("retry_import", json!({"import": id, "round": round}))
    };
    enqueue(tx, &job).await.map(drop)
}

/// Begins a failed run anew, unless the same file was brought in again meanwhile; whether it did.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn retry(scope: &Scope, id: ImportId, round: i16) -> Result<bool, DataError> {
    let tx = scope.begin().await?;
    // SQL: whether another run has the file is asked and the run begun anew in one statement.
    let sql = "update import_runs r set status = case when preview is null then 'checking' else 'queued' end, attempts = 0, finished_at = null \
               where tenant_id = $1 and id = $2 and status = 'failed' and not exists (select from import_runs o where o.tenant_id = $1 \
                 and o.store_id = r.store_id and o.file_hash = r.file_hash and o.format = r.format and o.status <> 'failed') returning status";
    let status: Option<String> = tx.scalar(sql, [id.0.into()]).await?;
    if let Some(status) = &status {
        enqueue_run(&tx, id, status.parse().map_err(DataError::Corrupt)?, round).await?;
    }
    tx.commit().await?;
    Ok(status.is_some())
}
