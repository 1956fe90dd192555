//! The jobs `apply_import` and `retry_import`.

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
        job.log.info(format!("import {import} begins anew, for the {round}. time"));
        Ok(Outcome::Done)
    } else {
        Ok(Outcome::Cancel("the import is no longer failed, or its file was brought in again".into()))
    }
}

/// Soon enough for a person who waits, and long enough for somebody else to get further.
pub(super) const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(2);
