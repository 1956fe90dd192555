//! A file at the command line: stored in this process, without the queue, under a lease as any worker.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use db::imports::{Begin, Claimed, Created, Lease, NewRun, Run, Taker};
use db::orders::place::Mode;
use db::stores::Store;
use db::{Access, DataError, Scope};
use domain::ids::ImportId;
use domain::imports::{Format, Problem, Summary, Totals};
use domain::page::Limit;
use domain::permission::Permission;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::source::FileError;
use super::{ImportError, Snapshot, apply, check};

const SHOWN_PROBLEMS: usize = 20;
const ATTEMPTS: u32 = 3;
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// What to import.
#[derive(Clone, Debug)]
pub struct FileImport {
    /// The store's name in addresses.
    pub store: String,
    /// The layout of the file.
    pub format: Format,
    /// Where it lies.
    pub path: PathBuf,
    /// Whether orders that exist are replaced by newer states of them.
    pub mode: Mode,
    /// Whether only to say what would happen.
    pub dry_run: bool,
    /// Most bytes that it may have.
    pub size_limit: u64,
}

/// What an import came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The figures of the whole file, whether it went in at once or in several attempts.
    pub summary: Summary,
    /// The first problems; of a dry run, which has no page, all that would be kept.
    pub problems: Vec<Problem>,
    /// How many there are.
    pub problem_count: u64,
    /// The run that had imported this very file before; then nothing was done.
    pub already_imported: Option<ImportId>,
}

/// Imports a file, or goes on with it where it was stopped; says so when it was imported before.
///
/// # Errors
/// When the store is unknown, the file refused, the store busy, or the database out of reach.
pub async fn run_file(access: &Access, import: FileImport) -> Result<Outcome, ImportError> {
    run_file_until(access, import, &CancellationToken::new()).await
}

/// [`run_file`], ending with the current batch once `stop` is cancelled.
///
/// # Errors
/// As [`run_file`], and [`ImportError::Stopped`].
pub async fn run_file_until(
    access: &Access,
    import: FileImport,
    stop: &CancellationToken,
) -> Result<Outcome, ImportError> {
    let scope = access.scope(Permission::RunImports)?;
    let store = store(&scope, &import.store).await?;
    let snapshot = Snapshot::new(import.format, import.path, import.size_limit, &store, scope.now());
    let (size, hash) = measure(&snapshot).await?;
    if import.dry_run {
        return dry_run(&scope, &store, (snapshot, import.mode), &hash).await;
    }
    // Refuses the file before anything is written down.
    snapshot.survey().await?;
    let file_path = std::path::absolute(&snapshot.path).unwrap_or_else(|_| snapshot.path.clone());
    let file_name = snapshot.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let new = NewRun {
        store: &store,
        format: snapshot.format,
        file_name: &file_name,
        file_path: &file_path.to_string_lossy(),
        file_size: size,
        file_hash: &hash,
        mode: import.mode,
        begin: Begin::Here,
    };
    let run = match db::imports::create(&scope, new).await? {
        Created::AlreadyDone(run) => return Ok(already(run)),
        Created::New(run) | Created::Resumed(run) => run,
    };
    let mut attempt = 1;
    loop {
        match attempt_run(&scope, &store, &snapshot, run.id, stop).await {
            Err(error) if error.may_pass() && !matches!(error, ImportError::Busy) && attempt < ATTEMPTS => {
                tracing::warn!(%error, attempt, "import attempt failed");
                attempt += 1;
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            settled => return settled,
        }
    }
}

async fn attempt_run(
    scope: &Scope,
    store: &Store,
    snapshot: &Snapshot,
    id: ImportId,
    stop: &CancellationToken,
) -> Result<Outcome, ImportError> {
    let (run, lease) = match take(scope, id).await? {
        Taken::Mine(run, lease) => (run, lease),
        Taken::Settled(run) => return outcome(scope, run.id, run.summary).await,
    };
    let done = apply::held(scope, &lease, apply::apply(scope, store, (&run, &lease), snapshot, stop)).await;
    match done {
        Ok(summary) => outcome(scope, id, summary).await,
        Err(error) => {
            // The next attempt need not wait for the lease to run out, if the database still answers.
            let _late = db::imports::release(scope, &lease).await;
            Err(error)
        }
    }
}

enum Taken {
    Mine(Box<Run>, Lease),
    Settled(Box<Run>),
}

// A killed process leaves a lease behind that nobody renews: that one is waited for. A renewed one is not.
async fn take(scope: &Scope, id: ImportId) -> Result<Taken, ImportError> {
    let owner: Uuid = scope.clock().id();
    let mut known = None;
    loop {
        match db::imports::claim(scope, id, Taker::Command(owner)).await? {
            Claimed::Mine(run, lease) => return Ok(Taken::Mine(run, lease)),
            Claimed::Settled(run) => return Ok(Taken::Settled(run)),
            Claimed::Busy(until) if *known.get_or_insert(until) != until => return Err(ImportError::Busy),
            Claimed::Busy(until) => {
                tracing::info!(%until, "waiting for the lease of an import that may have been killed");
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    }
}

async fn outcome(scope: &Scope, id: ImportId, summary: Summary) -> Result<Outcome, ImportError> {
    let limit = Limit::new(SHOWN_PROBLEMS as u64).unwrap_or_default();
    let (run, problems) = db::imports::show_with_problems(scope, id, None, limit).await?;
    Ok(Outcome { summary, problems: problems.rows, problem_count: run.problem_count, already_imported: None })
}

async fn dry_run(
    scope: &Scope,
    store: &Store,
    (snapshot, mode): (Snapshot, Mode),
    hash: &[u8],
) -> Result<Outcome, ImportError> {
    let tx = scope.begin().await?;
    let known = db::imports::known(&tx, store, (snapshot.format, mode), hash).await?;
    tx.commit().await?;
    if let Some(run) = known.filter(|run| run.status == domain::imports::RunStatus::Done) {
        return Ok(already(run));
    }
    let found = tokio::task::spawn_blocking(move || check::check(&snapshot)).await??;
    Ok(Outcome {
        summary: found.preview.summary,
        problems: found.problems,
        problem_count: found.problem_count,
        already_imported: None,
    })
}

fn already(run: Run) -> Outcome {
    let Summary { read, orders, returns, skipped, rejected, unchanged, currencies, .. } = run.summary;
    let summary = Summary {
        read,
        skipped,
        rejected,
        unchanged: orders + returns + unchanged,
        currencies: currencies.into_keys().map(|currency| (currency, Totals::default())).collect(),
        ..Summary::default()
    };
    Outcome { summary, already_imported: Some(run.id), ..Outcome::default() }
}

async fn store(scope: &Scope, slug: &str) -> Result<Store, ImportError> {
    let tx = scope.begin().await?;
    let found = db::stores::by_slug(&tx, slug).await;
    tx.commit().await?;
    found.map_err(|error| match error {
        DataError::NotFound(_) => ImportError::NoStore(slug.to_owned()),
        other => other.into(),
    })
}

async fn measure(snapshot: &Snapshot) -> Result<(u64, Vec<u8>), ImportError> {
    let (path, limit) = (snapshot.path.clone(), snapshot.limit);
    let reading = tokio::task::spawn_blocking(move || hash(&path, limit));
    Ok(reading.await??)
}

// The size is looked at first: a file over the limit is not read.
fn hash(path: &Path, limit: u64) -> Result<(u64, Vec<u8>), FileError> {
    let mut file = File::open(path).map_err(FileError::Io)?;
    let meta = file.metadata().map_err(FileError::Io)?;
    if !meta.is_file() {
        return Err(FileError::Io(io::Error::other("it is not a regular file")));
    }
    if meta.len() > limit {
        return Err(FileError::TooLarge { size: meta.len(), limit });
    }
    let mut hash = Sha256::new();
    let mut piece = vec![0; 256 * 1024];
    loop {
        match file.read(&mut piece).map_err(FileError::Io)? {
            0 => return Ok((meta.len(), hash.finalize().to_vec())),
            read => hash.update(&piece[..read]),
        }
    }
}
