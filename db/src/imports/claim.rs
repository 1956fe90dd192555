//! Who works on a run: taking it, holding it, letting it go.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{ImportId, StoreId};
use domain::imports::RunStatus;
use uuid::Uuid;

use super::{COLUMNS, Row, Run, TABLES};
use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// How long a holder may stay silent before somebody else takes over.
pub const LEASE: TimeDelta = TimeDelta::seconds(15);

/// The right to work on a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lease {
    /// The run.
    pub import: ImportId,
    /// The holder.
    pub owner: Uuid,
    /// Which taking of the run it is.
    pub fence: i64,
}

/// Who wants a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taker {
    /// Takes what is queued: checks, and runs that were started.
    Worker(Uuid),
    /// Somebody at the command line, whose call is the word to store.
    Command(Uuid),
}

/// What became of the wish for a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Claimed {
    /// It is to be worked on: to be checked if its status says so, else to be stored.
    Mine(Box<Run>, Lease),
    /// Somebody else works on it, or stores another file into the same store, until then at least.
    Busy(DateTime<Utc>),
    /// There is nothing to do.
    Settled(Box<Run>),
}

/// Takes the run `id`, unless somebody holds it or stores another file into the same store.
///
/// # Errors
/// [`DataError::NotFound`] when there is no such run.
pub async fn claim(scope: &Scope, id: ImportId, taker: Taker) -> Result<Claimed, DataError> {
    let tx = scope.begin().await?;
    let found = super::show::read(&tx, id).await?;
    lock_store(&tx, found.store_id).await?;
    let sql = format!("select {COLUMNS} from {TABLES} where r.tenant_id = $1 and r.id = $2 for update of r");
    let row: Row = tx.one(&sql, [id.0.into()]).await?.ok_or(DataError::NotFound("import"))?;
    let fence = row.fence + 1;
    let run = Run::try_from(row)?;
    let (owner, by_command) = match taker {
        Taker::Worker(owner) => (owner, false),
        Taker::Command(owner) => (owner, true),
    };
    if run.status.is_settled() && !(by_command && run.status == RunStatus::Checked) {
        tx.commit().await?;
        return Ok(Claimed::Settled(Box::new(run)));
    }
    let stores = by_command || run.status != RunStatus::Checking;
    if let Some(until) = busy_until(&tx, &run, stores).await? {
        return Ok(Claimed::Busy(until));
    }
    if stores && run.status != RunStatus::Running {
        begin(&tx, id).await?;
    }
    let sql = "update import_runs set fence = $3, lease_owner = $4, lease_until = $5, attempts = attempts + 1 \
               where tenant_id = $1 and id = $2";
    let until = scope.now() + LEASE;
    tx.run(sql, [id.0.into(), fence.into(), owner.into(), until.into()]).await?;
    let run = super::show::read(&tx, id).await?;
    tx.commit().await?;
    Ok(Claimed::Mine(Box::new(run), Lease { import: id, owner, fence }))
}

/// Says that the holder is alive.
///
/// # Errors
/// When somebody else holds the run by now.
pub async fn renew(scope: &Scope, lease: &Lease) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let until = scope.now() + LEASE;
    let sql =
        "update import_runs set lease_until = $5 where tenant_id = $1 and id = $2 and lease_owner = $3 and fence = $4";
    let values = [lease.import.0.into(), lease.owner.into(), lease.fence.into(), until.into()];
    held(tx.run(sql, values).await?)?;
    tx.commit().await
}

/// Lets the run go unfinished; another worker may take it at once.
///
/// # Errors
/// When somebody else holds the run by now.
pub async fn release(scope: &Scope, lease: &Lease) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let sql = "update import_runs set lease_owner = null, lease_until = null, attempts = greatest(attempts - 1, 0) \
               where tenant_id = $1 and id = $2 and lease_owner = $3 and fence = $4";
    held(tx.run(sql, [lease.import.0.into(), lease.owner.into(), lease.fence.into()]).await?)?;
    tx.commit().await
}

/// One at a time decides who works on the store's runs.
pub(super) async fn lock_store(tx: &Tx, store: StoreId) -> Result<(), DataError> {
    let sql = "select pg_advisory_xact_lock(hashtextextended('imports:' || $1::text || $2::text, 7))";
    tx.run(sql, [store.0.into()]).await.map(drop)
}

/// Refuses the rest of the transaction when an update under a lease met no row.
pub(super) fn held(rows: u64) -> Result<(), DataError> {
    if rows == 0 {
        return Err(DataError::Refused("another process has taken over this import; leave it alone".into()));
    }
    Ok(())
}

// Checks hinder nobody; of those who store into one store, one goes first.
async fn busy_until(tx: &Tx, run: &Run, stores: bool) -> Result<Option<DateTime<Utc>>, DataError> {
    let sql = "select max(lease_until) from import_runs where tenant_id = $1 and store_id = $2 and lease_until > $4 \
               and (id = $3 or ($5 and status = 'running'))";
    let values = [run.store_id.0.into(), run.id.0.into(), tx.scope().now().into(), stores.into()];
    Ok(tx.scalar::<Option<DateTime<Utc>>>(sql, values).await?.flatten())
}

// What a check left behind makes room for what the run itself finds.
async fn begin(tx: &Tx, id: ImportId) -> Result<(), DataError> {
    tx.run("delete from import_problems where tenant_id = $1 and import_id = $2", [id.0.into()]).await?;
    let sql = "update import_runs set status = 'running', problem_count = 0, started_at = $3, error = null, attempts = 0 \
               where tenant_id = $1 and id = $2";
    tx.run(sql, [id.0.into(), tx.scope().now().into()]).await.map(drop)
}
