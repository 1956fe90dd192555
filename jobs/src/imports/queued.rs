//! A run that a worker was told to work on: taken under its lease, checked or stored, settled.

use std::path::Path;

use chrono::TimeDelta;
use db::imports::{ATTEMPTS, Claimed, GaveUp, Lease, Run, Taker};
use db::stores::Store;
use db::{DataError, Scope};
use domain::feed::EventKind;
use domain::ids::ImportId;
use domain::imports::RunStatus;
use domain::jobs::CRASHES;
use domain::permission::Permission;
use serde::Deserialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{ImportError, Snapshot, apply, check, receive};
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Soon enough for a person who waits, and long enough for somebody else to get further.
const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(2);

/// Which run, and how often it began anew.
#[derive(Debug, Deserialize)]
struct About {
    import: ImportId,
    #[serde(default)]
    round: i16,
}

/// The job `apply_import`: checks or stores a run. Twice is safe: a run is worked on under its own lease and goes on
/// where it was, and one that is settled is left alone.
pub(crate) async fn apply_job(job: Running) -> Result<Outcome, JobError> {
    let About { import, round } = job.payload()?;
    work(&job, import, round).await
}

/// The job `retry_import`: begins a failed run anew. Twice is safe: the second finds it begun.
pub(crate) async fn retry_job(job: Running) -> Result<Outcome, JobError> {
    let About { import, round } = job.payload()?;
    let scope = job.scope(Permission::RunImports)?;
    if db::imports::retry(&scope, import, round).await? {
        job.log.info(format!("import {import} restarts, attempt {round}"));
        Ok(Outcome::Done)
    } else {
        Ok(Outcome::Cancel("the import did not fail, or its file was imported again".into()))
    }
}

// Works on the run `id` until it is settled, stopped or lost. After an error another attempt may go better.
async fn work(job: &Running, id: ImportId, round: i16) -> Result<Outcome, JobError> {
    let scope = job.scope(Permission::RunImports)?;
    let owner: Uuid = scope.clock().id();
    let (run, lease) = match db::imports::claim(&scope, id, Taker::Worker(owner)).await? {
        Claimed::Mine(run, lease) => (run, lease),
        // Another file goes into the same store, or somebody else works on this one.
        Claimed::Busy(until) => return Ok(Outcome::Snooze((until - scope.now()).min(LOOK_AGAIN))),
        Claimed::Settled(_) => return Ok(Outcome::Cancel("the import is already finished".into())),
    };
    let data_dir = &job.tools.data_dir;
    if run.attempts == 1 {
        // It got further since it was taken last.
        let tx = scope.begin().await?;
        db::queue::forgive(&tx, &job.lease).await?;
        tx.commit().await?;
    }
    let died_each_time = run.attempts >= ATTEMPTS && job.crashes + 1 >= CRASHES;
    if run.attempts > ATTEMPTS || died_each_time {
        let words = run.error.as_deref().unwrap_or("the process crashed each time");
        let reason = format!("failed {ATTEMPTS} times: {words}");
        fail(&scope, data_dir, &run, &lease, &reason).await?;
        return Ok(Outcome::Done);
    }
    let done = apply::held(&scope, &lease, attempt(&scope, &run, &lease, &job.stop)).await;
    match done {
        Ok(status) => {
            if status == RunStatus::Done {
                receive::discard(data_dir, &run.file_path).await;
            }
            job.log.info(format!("{} is {}", run.file_name, status.as_str()));
            Ok(Outcome::Done)
        }
        Err(ImportError::Stopped) => {
            db::imports::release(&scope, &lease).await?;
            Ok(Outcome::Snooze(TimeDelta::zero()))
        }
        Err(error) if error.may_pass() => {
            let words = error.to_string();
            match db::imports::give_up(&scope, &lease, &words, round).await? {
                GaveUp::Again => {}
                GaveUp::InAnHour => announce(&scope, &run, RunStatus::Failed).await?,
                GaveUp::ForGood => {
                    announce(&scope, &run, RunStatus::Failed).await?;
                    receive::discard(data_dir, &run.file_path).await;
                }
            }
            Err(error.into())
        }
        Err(error) => {
            job.log.warn(error.to_string());
            fail(&scope, data_dir, &run, &lease, &error.to_string()).await?;
            Ok(Outcome::Done)
        }
    }
}

async fn attempt(scope: &Scope, run: &Run, lease: &Lease, stop: &CancellationToken) -> Result<RunStatus, ImportError> {
    let store = store_of(scope, run).await?;
    let snapshot = Snapshot::new(run.format, (&run.file_path).into(), u64::MAX, &store, scope.now());
    if run.status == RunStatus::Checking {
        let found = tokio::task::spawn_blocking(move || check::check(&snapshot)).await??;
        let tx = scope.begin().await?;
        db::imports::checked(&tx, lease, &found.preview, found.total_lines, &found.problems, found.problem_count)
            .await?;
        db::feed::append(&tx, vec![event(run, RunStatus::Checked)]).await?;
        tx.commit().await?;
        Ok(RunStatus::Checked)
    } else {
        apply::apply(scope, &store, (run, lease), &snapshot, stop).await.map(|_| RunStatus::Done)
    }
}

async fn store_of(scope: &Scope, run: &Run) -> Result<Store, DataError> {
    let tx = scope.begin().await?;
    let store = db::stores::by_slug(&tx, &run.store).await?;
    tx.commit().await?;
    Ok(store)
}

async fn fail(scope: &Scope, data_dir: &Path, run: &Run, lease: &Lease, reason: &str) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    db::imports::fail(&tx, lease, reason).await?;
    db::feed::append(&tx, vec![event(run, RunStatus::Failed)]).await?;
    tx.commit().await?;
    receive::discard(data_dir, &run.file_path).await;
    Ok(())
}

async fn announce(scope: &Scope, run: &Run, status: RunStatus) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    db::feed::append(&tx, vec![event(run, status)]).await?;
    tx.commit().await
}

fn event(run: &Run, status: RunStatus) -> db::feed::NewEvent {
    let data = json!({
        "import": run.id, "store": run.store, "orders": run.summary.orders, "returns": run.summary.returns,
        "stored": 0, "lines": run.summary.read, "total_lines": run.total_lines, "problems": run.problem_count, "rate": 0, "status": status,
    });
    db::feed::NewEvent { kind: EventKind::ImportProgress, store: Some(run.store_id), data }
}
