//! Who works on a run: taking it, holding it, letting it go.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{ImportId, StoreId};
use domain::imports::RunStatus;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, Set, UpdateMany};
use uuid::Uuid;

use super::Run;
use crate::entities::text::Text;
use crate::entities::{TenantQueries, import_run};
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
    let (found, store) = super::show::find(&tx, id).await?;
    lock_store(&tx, found.store_id.into()).await?;
    let locked = tx.find::<import_run::Entity>().filter(import_run::Column::Id.eq(id.0)).lock_exclusive();
    let run = locked.one(tx.conn()).await?.ok_or(DataError::NotFound("import"))?;
    let fence = run.fence + 1;
    let run = Run::of(run, &store)?;
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
    let taken = import_run::ActiveModel {
        fence: Set(fence),
        lease_owner: Set(Some(owner)),
        lease_until: Set(Some(scope.now() + LEASE)),
        ..Default::default()
    };
    let attempts = Expr::col(import_run::Column::Attempts).add(1);
    let taken = tx.update::<import_run::Entity>().set(taken).col_expr(import_run::Column::Attempts, attempts);
    let taken = taken.filter(import_run::Column::Id.eq(id.0)).exec_with_returning(tx.conn()).await?;
    let run = taken.into_iter().next().ok_or(DataError::NotFound("import"))?;
    let run = Run::of(run, &store)?;
    tx.commit().await?;
    Ok(Claimed::Mine(Box::new(run), Lease { import: id, owner, fence }))
}

/// Says that the holder is alive.
///
/// # Errors
/// When somebody else holds the run by now.
pub async fn renew(scope: &Scope, lease: &Lease) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let until = import_run::ActiveModel { lease_until: Set(Some(scope.now() + LEASE)), ..Default::default() };
    held(lease.update(&tx).set(until).exec(tx.conn()).await?.rows_affected)?;
    tx.commit().await
}

/// Lets the run go unfinished; another worker may take it at once.
///
/// # Errors
/// When somebody else holds the run by now.
pub async fn release(scope: &Scope, lease: &Lease) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let fewer = Func::greatest([Expr::col(import_run::Column::Attempts).sub(1), Expr::val(0)]);
    let free = lease.update(&tx).set(released()).col_expr(import_run::Column::Attempts, fewer.into());
    held(free.exec(tx.conn()).await?.rows_affected)?;
    tx.commit().await
}

impl Lease {
    /// An update of the run, as long as it is held under this lease.
    pub(super) fn update(&self, tx: &Tx) -> UpdateMany<import_run::Entity> {
        tx.update::<import_run::Entity>()
            .filter(import_run::Column::Id.eq(self.import.0))
            .filter(import_run::Column::LeaseOwner.eq(self.owner))
            .filter(import_run::Column::Fence.eq(self.fence))
    }
}

/// What an update sets that lets the run go.
pub(super) fn released() -> import_run::ActiveModel {
    import_run::ActiveModel { lease_owner: Set(None), lease_until: Set(None), ..Default::default() }
}

/// One at a time decides who works on the store's runs.
pub(super) async fn lock_store(tx: &Tx, store: StoreId) -> Result<(), DataError> {
    // SQL: a lock by name has no table.
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
    let mut others = Condition::any().add(import_run::Column::Id.eq(run.id.0));
    if stores {
        others = others.add(import_run::Column::Status.eq(Text(RunStatus::Running)));
    }
    let held = tx
        .find::<import_run::Entity>()
        .filter(import_run::Column::StoreId.eq(run.store_id.0))
        .filter(import_run::Column::LeaseUntil.gt(tx.scope().now()))
        .filter(others);
    let until = held.select_only().column_as(import_run::Column::LeaseUntil.into_expr().max(), "until");
    Ok(until.into_tuple::<Option<DateTime<Utc>>>().one(tx.conn()).await?.flatten())
}

// What a check left behind makes room for what the run itself finds.
async fn begin(tx: &Tx, id: ImportId) -> Result<(), DataError> {
    super::problems::forget(tx, id).await?;
    let running = import_run::ActiveModel {
        status: Set(Text(RunStatus::Running)),
        problem_count: Set(0),
        started_at: Set(Some(tx.scope().now())),
        error: Set(None),
        attempts: Set(0),
        ..Default::default()
    };
    let run = tx.update::<import_run::Entity>().set(running).filter(import_run::Column::Id.eq(id.0));
    run.exec(tx.conn()).await?;
    Ok(())
}
