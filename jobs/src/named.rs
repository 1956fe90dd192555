//! Work of the timetable by name, at the command line: done here and now, without the queue.

use std::sync::Arc;

use db::platform::PlatformTx;
use db::queue::Lease;
use db::queue::console::LogLine;
use db::{DataError, Db};
use domain::ids::{JobId, WorkerId};
use tokio_util::sync::CancellationToken;

use crate::context::Running;
use crate::log::JobLog;
use crate::outcome::{JobError, Outcome};
use crate::registry::{KINDS, find};
use crate::schedule::LINES;
use crate::tools::Tools;

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
pub enum NamedError {
    /// There is none of that name.
    #[error("there is no job '{0}'; use one of {names}", names = names().join(", "))]
    Unknown(String),
    /// It failed.
    #[error("{0}; try again")]
    Failed(JobError),
    /// The database refused or failed.
    #[error("{0}; try again")]
    Data(#[from] DataError),
}

/// The names that [`run_named`] knows.
pub fn names() -> Vec<&'static str> {
    LINES.iter().map(|line| line.name).collect()
}

/// Does the work of the timetable's line `name` now; what it said last, in words.
///
/// # Errors
/// When there is no such line, or the work fails.
pub async fn run_named(db: &Db, tools: &Arc<Tools>, name: &str) -> Result<String, NamedError> {
    let line = LINES.iter().find(|line| line.name == name);
    let found = line.and_then(|line| Some((line, find(KINDS, line.kind)?)));
    let (line, kind) = found.ok_or_else(|| NamedError::Unknown(name.to_owned()))?;
    let log = JobLog::default();
    let job: JobId = db.clock().id();
    let worker: WorkerId = db.clock().id();
    let running = Running {
        db: db.clone(),
        tools: Arc::clone(tools),
        tenant: PlatformTx::NIL,
        payload: (line.payload)(),
        // No row stands behind it: work of the timetable does not finish itself.
        lease: Lease { tenant: PlatformTx::NIL, job, worker, fence: 0 },
        attempt: 1,
        crashes: 0,
        log: log.clone(),
        stop: CancellationToken::new(),
    };
    let outcome = (kind.run)(running).await.map_err(NamedError::Failed)?;
    let said = log.take().and_then(|log| serde_json::from_value::<Vec<LogLine>>(log).ok()).unwrap_or_default();
    Ok(match (outcome, said.last()) {
        (Outcome::Cancel(reason), _) => reason,
        (Outcome::Snooze(_), _) => "it must wait for another task".into(),
        (_, Some(line)) => line.text.clone(),
        (_, None) => "done".into(),
    })
}
