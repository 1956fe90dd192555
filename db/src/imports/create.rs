//! Making runs, and recognising a file that was here before.

use domain::ids::ImportId;
use domain::imports::{Format, RunStatus};
use domain::limits::{Feature, Limit};
use serde_json::json;

use super::queue::enqueue_run;
use super::{COLUMNS, Row, Run, TABLES, show, signed};
use crate::error::DataError;
use crate::limits;
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
    let created = match known(&tx, new.store, new.format, new.file_hash).await? {
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
pub async fn known(tx: &Tx, store: &Store, format: Format, hash: &[u8]) -> Result<Option<Run>, DataError> {
    let sql = format!(
        "select {COLUMNS} from {TABLES} where r.tenant_id = $1 and r.store_id = $2 and r.file_hash = $3 and r.format = $4 \
         and r.status <> 'failed' order by r.status = 'done' desc, r.created_at desc limit 1"
    );
    let found: Option<Row> = tx.one(&sql, [store.id.0.into(), hash.to_vec().into(), format.as_str().into()]).await?;
    found.map(Run::try_from).transpose()
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
    let sql = "update import_runs set status = 'queued', attempts = 0, error = null \
               where tenant_id = $1 and id = $2 and status = 'checked' and actor = $3";
    if tx.run(sql, [id.0.into(), run.actor.into()]).await? == 0 {
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
    let sql = "update import_runs set actor = $3 where tenant_id = $1 and id = $2";
    tx.run(sql, [run.id.0.into(), run.actor.as_str().into()]).await?;
    let (before, after) = (json!({"uploaded_by": before}), json!({"uploaded_by": run.actor}));
    crate::audit::changed(tx, "import.take", &run.id.to_string(), before, after).await
}

/// The run's file lies elsewhere now; whether that was noted. It is not while somebody reads it.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn relocate(scope: &Scope, id: ImportId, file_path: &str) -> Result<bool, DataError> {
    let sql = "update import_runs set file_path = $3 \
               where tenant_id = $1 and id = $2 and (lease_until is null or lease_until <= $4)";
    let tx = scope.begin().await?;
    let moved = tx.run(sql, [id.0.into(), file_path.into(), scope.now().into()]).await?;
    tx.commit().await?;
    Ok(moved > 0)
}

async fn insert(tx: &Tx, new: &NewRun<'_>) -> Result<Run, DataError> {
    let scope = tx.scope();
    let id: ImportId = scope.clock().id();
    let status = match new.begin {
        Begin::Check => RunStatus::Checking,
        Begin::Here => RunStatus::Queued,
    };
    let sql = "insert into import_runs (tenant_id, id, store_id, format, file_name, file_path, file_size, file_hash, status, actor, created_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let values = [
        id.0.into(),
        new.store.id.0.into(),
        new.format.as_str().into(),
        new.file_name.into(),
        new.file_path.into(),
        signed(new.file_size).into(),
        new.file_hash.to_vec().into(),
        status.as_str().into(),
        scope.actor().to_string().into(),
        scope.now().into(),
    ];
    tx.run(sql, values).await?;
    if new.begin == Begin::Check {
        enqueue_run(tx, id, status, 0).await?;
    }
    let details = json!({"store": new.store.slug, "format": new.format, "file": new.file_name});
    crate::audit::note(tx, "import.create", &id.to_string(), details).await?;
    show::read(tx, id).await
}
