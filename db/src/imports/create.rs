//! Making runs, and recognising a file that was here before.

use domain::ids::ImportId;
use domain::imports::{Format, RunStatus};
use domain::limits::{Feature, Limit};
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, Set, UpdateMany};
use serde_json::json;

use super::queue::enqueue_run;
use super::{Run, show, signed};
use crate::entities::text::Text;
use crate::entities::{TenantQueries, import_run, store};
use crate::error::DataError;
use crate::limits;
use crate::orders::place::Mode;
use crate::scope::{Scope, Tx};
use crate::stores::Store;

/// A run to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewRun<'a> {
    /// Where its orders go.
    pub store: &'a Store,
    /// The layout of the file.
    pub format: Format,
    /// The file's name as its owner knows it.
    pub file_name: &'a str,
    /// Where it lies.
    pub file_path: &'a str,
    /// Its bytes.
    pub file_size: u64,
    /// SHA-256 of them.
    pub file_hash: &'a [u8],
    /// Whether orders that exist are replaced by newer states of them.
    pub mode: Mode,
    /// Who goes on with it.
    pub begin: Begin,
}

/// Who goes on with a new run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Begin {
    /// A worker checks it; storing waits for a person's word.
    Check,
    /// The caller stores it himself, at once.
    Here,
}

/// What became of the wish for a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Created {
    /// It is new.
    New(Run),
    /// The same file was begun before and is not done: this run goes on, with the file that it had.
    Resumed(Run),
    /// The same file was imported before, by this run: there is nothing to do.
    AlreadyDone(Run),
}

/// Makes a run, unless the same file in the same format was imported into the store before, or is about to be.
///
/// # Errors
/// [`DataError::AtLimit`] when the tier has no room for the file, [`DataError::Refused`] when it has no imports; when
/// PostgreSQL fails.
pub async fn create(scope: &Scope, new: NewRun<'_>) -> Result<Created, DataError> {
    let tx = scope.begin().await?;
    super::claim::lock_store(&tx, new.store.id).await?;
    let created = match known(&tx, new.store, (new.format, new.mode), new.file_hash).await? {
        Some(run) if run.status == RunStatus::Done => Created::AlreadyDone(run),
        Some(mut run) => {
            if new.begin == Begin::Check {
                take_over(&tx, &mut run).await?;
            }
            if new.begin == Begin::Check && run.status != RunStatus::Checked {
                enqueue_run(&tx, run.id, run.status, 0).await?;
            }
            Created::Resumed(run)
        }
        None => {
            limits::needs(&tx, Feature::Imports).await?;
            limits::claim_some(&tx, Limit::StorageBytes, signed(new.file_size)).await?;
            Created::New(insert(&tx, &new).await?)
        }
    };
    tx.commit().await?;
    Ok(created)
}

/// The run that imported a file, or else the one that is about to. Index: `import_runs_hash`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn known(
    tx: &Tx,
    store: &Store,
    (format, mode): (Format, Mode),
    hash: &[u8],
) -> Result<Option<Run>, DataError> {
    let runs = tx
        .find::<import_run::Entity>()
        .filter(import_run::Column::StoreId.eq(store.id.0))
        .filter(import_run::Column::FileHash.eq(hash.to_vec()))
        .filter(import_run::Column::Format.eq(Text(format)))
        .filter(import_run::Column::UpdatesOrders.eq(mode == Mode::Update))
        .filter(import_run::Column::Status.ne(Text(RunStatus::Failed)))
        .order_by_desc(import_run::Column::Status.eq(Text(RunStatus::Done)))
        .order_by_desc(import_run::Column::CreatedAt);
    let found = runs.find_both_related(store::Entity).one(tx.conn()).await?;
    found.map(|(run, store)| Run::of(run, &store)).transpose()
}

/// The word of the person who uploaded it: a run that was checked is queued.
///
/// # Errors
/// When there is no such run, somebody else uploaded it, or it is not at that point.
pub async fn start(scope: &Scope, id: ImportId) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let run = show::read(&tx, id).await?;
    if !run.is_started_by(scope.actor()) {
        let words = "Another member uploaded this file. Upload the same file yourself to import it.";
        return Err(DataError::Refused(words.to_owned()));
    }
    let queued = import_run::ActiveModel {
        status: Set(Text(RunStatus::Queued)),
        attempts: Set(0),
        error: Set(None),
        ..Default::default()
    };
    let queued = update(&tx, id)
        .set(queued)
        .filter(import_run::Column::Status.eq(Text(RunStatus::Checked)))
        .filter(import_run::Column::Actor.eq(run.actor));
    if queued.exec(tx.conn()).await?.rows_affected == 0 {
        let run = show::read(&tx, id).await?;
        let words = format!("This import is {}. Only a checked import can be started.", run.status.as_str());
        return Err(DataError::Refused(words));
    }
    enqueue_run(&tx, id, RunStatus::Queued, 0).await?;
    crate::audit::note(&tx, "import.start", &id.to_string(), json!({})).await?;
    tx.commit().await
}

// Whoever brings the same file has it as much as the one who brought it first: the run is theirs to start from now on.
async fn take_over(tx: &Tx, run: &mut Run) -> Result<(), DataError> {
    let waits = matches!(run.status, RunStatus::Checking | RunStatus::Checked);
    if !waits || run.is_started_by(tx.scope().actor()) {
        return Ok(());
    }
    let before = std::mem::replace(&mut run.actor, tx.scope().actor().to_string());
    let taken = import_run::ActiveModel { actor: Set(run.actor.clone()), ..Default::default() };
    update(tx, run.id).set(taken).exec(tx.conn()).await?;
    let (before, after) = (json!({"uploaded_by": before}), json!({"uploaded_by": run.actor}));
    crate::audit::changed(tx, "import.take", &run.id.to_string(), before, after).await
}

/// The run's file lies elsewhere now; whether that was noted. It is not while somebody reads it.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn relocate(scope: &Scope, id: ImportId, file_path: &str) -> Result<bool, DataError> {
    let tx = scope.begin().await?;
    let unread = Condition::any()
        .add(import_run::Column::LeaseUntil.is_null())
        .add(import_run::Column::LeaseUntil.lte(scope.now()));
    let elsewhere = import_run::ActiveModel { file_path: Set(file_path.to_owned()), ..Default::default() };
    let moved = update(&tx, id).set(elsewhere).filter(unread).exec(tx.conn()).await?.rows_affected;
    tx.commit().await?;
    Ok(moved > 0)
}

fn update(tx: &Tx, id: ImportId) -> UpdateMany<import_run::Entity> {
    tx.update::<import_run::Entity>().filter(import_run::Column::Id.eq(id.0))
}

async fn insert(tx: &Tx, new: &NewRun<'_>) -> Result<Run, DataError> {
    let scope = tx.scope();
    let id: ImportId = scope.clock().id();
    let status = match new.begin {
        Begin::Check => RunStatus::Checking,
        Begin::Here => RunStatus::Queued,
    };
    let row = import_run::ActiveModel {
        id: Set(id.0),
        store_id: Set(new.store.id.0),
        format: Set(Text(new.format)),
        file_name: Set(new.file_name.to_owned()),
        file_path: Set(new.file_path.to_owned()),
        file_size: Set(signed(new.file_size)),
        file_hash: Set(new.file_hash.to_vec()),
        status: Set(Text(status)),
        updates_orders: Set(new.mode == Mode::Update),
        actor: Set(scope.actor().to_string()),
        created_at: Set(scope.now()),
        ..Default::default()
    };
    tx.insert(row).exec_without_returning(tx.conn()).await?;
    if new.begin == Begin::Check {
        enqueue_run(tx, id, status, 0).await?;
    }
    let details = json!({"store": new.store.slug, "format": new.format, "file": new.file_name});
    crate::audit::note(tx, "import.create", &id.to_string(), details).await?;
    show::read(tx, id).await
}
