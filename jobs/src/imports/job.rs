//! The jobs `apply_import`, `retry_import` and `expire_imports`.

use chrono::TimeDelta;
use domain::ids::ImportId;
use domain::permission::Permission;
use serde::Deserialize;

use super::queued;
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Which run, and how often it began anew.
#[derive(Debug, Deserialize)]
struct About {
    import: ImportId,
    #[serde(default)]
    round: i16,
}

/// Checks or stores a run. Twice is safe: a run is worked on under its own lease and goes on where it was, and one that is
/// settled is left alone.
pub(crate) async fn apply(job: Running) -> Result<Outcome, JobError> {
    let About { import, round } = job.payload()?;
    queued::work(&job, import, round).await
}

/// Begins a failed run anew. Twice is safe: the second finds it begun.
pub(crate) async fn retry(job: Running) -> Result<Outcome, JobError> {
    let About { import, round } = job.payload()?;
    let scope = job.scope(Permission::RunImports)?;
    if db::imports::retry(&scope, import, round).await? {
        job.log.info(format!("import {import} restarts, attempt {round}"));
        Ok(Outcome::Done)
    } else {
        Ok(Outcome::Cancel("the import did not fail, or its file was imported again".into()))
    }
}

/// Gives up uploads that were never started. Twice is safe: the second finds nothing.
pub(crate) async fn expire(job: Running) -> Result<Outcome, JobError> {
    let given_up = super::expire(&job.db, &job.tools.data_dir).await?;
    job.log.info(format!("{given_up} unused uploads expired"));
    Ok(Outcome::Done)
}

/// Soon enough for a person who waits, and long enough for another worker to make progress.
pub(super) const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(2);
