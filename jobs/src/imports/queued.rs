//! A queued run: taken by the worker, checked or stored, settled.

use std::path::Path;

use chrono::TimeDelta;
use db::imports::{ATTEMPTS, Claimed, Lease, Run, Taker};
use db::stores::Store;
use db::{Access, DataError, Db, Scope};
use domain::feed::EventKind;
use domain::ids::{ImportId, TenantId};
use domain::imports::RunStatus;
use domain::permission::Permission;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{ImportError, Snapshot, apply, check, receive};

const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(2);

/// Works on the run `id` until it is settled, stopped or lost.
///
/// # Errors
/// When the database is out of reach; then another attempt follows when the lease has run out.
pub async fn work(
    db: &Db,
    data_dir: &Path,
    tenant: TenantId,
    id: ImportId,
    stop: &CancellationToken,
) -> Result<(), DataError> {
    let scope = Access::job(db.clone(), tenant).scope(Permission::RunImports)?;
    let owner: Uuid = scope.clock().id();
    let (run, lease) = match db::imports::claim(&scope, id, Taker::Worker(owner)).await? {
        Claimed::Mine(run, lease) => (run, lease),
        Claimed::Busy(until) => return db::imports::postpone(&scope, id, until.min(scope.now() + LOOK_AGAIN)).await,
        Claimed::Settled(_) => return Ok(()),
    };
    if run.attempts > ATTEMPTS {
        let words = run.error.as_deref().unwrap_or("the program ended each time in its midst");
        let reason = format!("tried {ATTEMPTS} times without getting further: {words}");
        return fail(&scope, data_dir, &run, &lease, &reason).await;
    }
    let done = apply::held(&scope, &lease, attempt(&scope, &run, &lease, stop)).await;
    match done {
        Ok(RunStatus::Done) => receive::discard(data_dir, &run.file_path).await,
        Ok(_) => {}
        Err(ImportError::Stopped) => db::imports::release(&scope, &lease).await?,
        Err(error) if error.may_pass() => {
            tracing::warn!(import = %id, %tenant, %error, "import attempt failed");
            if !db::imports::give_up(&scope, &lease, &error.to_string()).await? {
                announce(&scope, &run, RunStatus::Failed).await?;
                receive::discard(data_dir, &run.file_path).await;
            }
        }
        Err(error) => return fail(&scope, data_dir, &run, &lease, &error.to_string()).await,
    }
    Ok(())
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
