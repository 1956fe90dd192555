//! Reading a backup back: every byte of it, into a scratch database, and compared with what was saved. Only what passes is
//! ever called verified.

use std::collections::BTreeMap;
use std::time::Instant;

use chrono::TimeDelta;
use db::backups::scratch::{self, Scratch};
use db::backups::tables::{Column, Table};
use db::backups::{Backup, Place, whole};
use domain::backups::Kind;
use domain::ids::BackupId;
use futures::StreamExt;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::full::WorkDir;
use super::manifest::{Label, Manifest, SavedTable, ended};
use super::programs::Programs;
use super::{BackupError, Backups, files, full, part};
use crate::storage::ObjectPath;

/// A backup that was read back and found equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Rows (or files) that are equal.
    pub rows: i64,
    /// Tables and partitions that are.
    pub tables: usize,
    /// How long it took.
    pub took: TimeDelta,
}

/// Reads the backup back and notes what was found: a good one is verified from now on, a bad one failed. What could not
/// be read for another reason stays what it was, and the reason is noted.
///
/// # Errors
/// When it is bad, could not be read, or was stopped.
pub async fn verify(
    backups: &Backups,
    place: &Place,
    id: BackupId,
    stop: &CancellationToken,
) -> Result<Verified, BackupError> {
    let backup = db::backups::show(place, id).await?;
    if !backup.status.is_kept() {
        let words = format!("this backup cannot be verified: its status is {}", backup.status);
        return Err(db::DataError::Refused(words).into());
    }
    let started = Instant::now();
    let read = tokio::select! {
        read = read_back(backups, &backup) => read,
        () = stop.cancelled() => Err(BackupError::Stopped),
    };
    match read {
        Ok((rows, tables)) => {
            let took = TimeDelta::from_std(started.elapsed()).unwrap_or_default();
            db::backups::note_verified(place, id, backup.kind, took).await?;
            Ok(Verified { rows, tables, took })
        }
        Err(BackupError::Stopped) => Err(BackupError::Stopped),
        Err(error) => {
            tracing::error!(%error, backup = %id, kind = %backup.kind, "backup cannot be verified");
            db::backups::note_unread(place, id, backup.kind, &error.to_string(), error.is_bad()).await?;
            Err(error)
        }
    }
}

/// Opens the backup's manifest, having seen that label and manifest are those that were written.
pub(super) async fn open(backups: &Backups, backup: &Backup) -> Result<(ObjectPath, Manifest), BackupError> {
    let folder = Backups::folder(backup.tenant, backup.id)?;
    backups.check_opens(backup.recipient.as_deref())?;
    let Some(label) = Label::read(&backups.storage, &folder).await? else {
        backups.storage.check_there().await?;
        return Err(BackupError::Damaged("label.json is missing or cannot be read".into()));
    };
    let known = backup.manifest_sha256.as_deref().map(hex::encode);
    if label.id != backup.id || known.is_some_and(|known| known != label.manifest.sha256) {
        return Err(BackupError::Damaged("label.json belongs to another backup".into()));
    }
    let manifest = Manifest::read(backups, &folder, &label).await?;
    if manifest.id != backup.id || manifest.tenant != backup.tenant || manifest.kind != backup.kind {
        return Err(BackupError::Damaged("the manifest belongs to another backup".into()));
    }
    Ok((folder, manifest))
}

async fn read_back(backups: &Backups, backup: &Backup) -> Result<(i64, usize), BackupError> {
    let (folder, manifest) = open(backups, backup).await?;
    match manifest.kind {
        Kind::Files => read_files(backups, &manifest, &folder).await,
        Kind::Database | Kind::Full => {
            let owner = backups.owner()?;
            scratch::sweep(owner).await?;
            let scratch = Scratch::new(owner).await?;
            let compared = if manifest.kind == Kind::Full {
                read_full(backups, &manifest, &folder, &scratch).await
            } else {
                read_tables(backups, &manifest, &folder, &scratch).await
            };
            scratch.drop().await?;
            compared
        }
    }
}

async fn read_files(backups: &Backups, manifest: &Manifest, folder: &ObjectPath) -> Result<(i64, usize), BackupError> {
    for part in &manifest.parts {
        let pieces = part::read(backups, folder, part)?;
        let reader = part::blocking_reader(pieces);
        let found = tokio::task::spawn_blocking(move || files::contents(reader)).await?;
        let found = found.map_err(|error| cause(&part.name, error))?;
        if found != manifest.files {
            return Err(BackupError::Differs("its files differ from those that were backed up".into()));
        }
    }
    Ok((super::create::signed(manifest.files.len() as u64), 0))
}

// What a reader in between wrapped up.
fn cause(part: &str, error: std::io::Error) -> BackupError {
    match error.get_ref().is_some_and(|inner| inner.is::<BackupError>()) {
        true => match error.into_inner().map(|inner| inner.downcast::<BackupError>()) {
            Some(Ok(inner)) => *inner,
            _ => BackupError::Damaged(part.to_owned()),
        },
        false => BackupError::Damaged(format!("{part}: {error}")),
    }
}

/// Restores a dump of the whole into `scratch` and compares everything.
pub(super) async fn read_full(
    backups: &Backups,
    manifest: &Manifest,
    folder: &ObjectPath,
    scratch: &Scratch,
) -> Result<(i64, usize), BackupError> {
    let programs = Programs::find(backups).await?;
    let work = WorkDir::new(backups).await?;
    full::unpack(backups, manifest, folder, &work.join("dump")).await?;
    programs.restore(&work.join("dump"), scratch.name()).await.map_err(bad_dump)?;
    drop(work);
    let mut conn = scratch.connect().await?;
    same_lines(&manifest.schema, &whole::schema(&mut conn).await?)?;
    let found = whole::counts(&mut conn).await?;
    let found: BTreeMap<&str, &whole::Count> = found.iter().map(|c| (c.table.as_str(), c)).collect();
    for saved in &manifest.counts {
        match found.get(saved.table.as_str()) {
            Some(count) if *count == saved => {}
            Some(count) if count.rows != saved.rows => {
                return Err(differs(&format!("{} has {} rows instead of {}", saved.table, count.rows, saved.rows)));
            }
            Some(_) => return Err(differs(&format!("rows of {} differ", saved.table))),
            None => return Err(differs(&format!("the table {} is missing", saved.table))),
        }
    }
    check_pages(&programs, &mut conn, scratch.name()).await?;
    Ok((manifest.counts.iter().map(|c| c.rows).sum(), manifest.counts.len()))
}

// Pages and indexes.
async fn check_pages(programs: &Programs, conn: &mut sqlx::PgConnection, database: &str) -> Result<(), BackupError> {
    if scratch::prepare_check(conn).await.is_err() {
        return Err(BackupError::Program(
            "pg_amcheck needs the extension amcheck; run deploy/roles.sql as a superuser".into(),
        ));
    }
    programs.amcheck(database).await
}

async fn read_tables(
    backups: &Backups,
    manifest: &Manifest,
    folder: &ObjectPath,
    scratch: &Scratch,
) -> Result<(i64, usize), BackupError> {
    let programs = Programs::find(backups).await?;
    let work = WorkDir::new(backups).await?;
    programs.dump_schema(&work.join("schema")).await?;
    programs.restore(&work.join("schema"), scratch.name()).await?;
    let mut conn = scratch.connect().await?;
    let tables = scratch::open_up(&mut conn).await?;
    let mut rows = 0;
    // In the order of now: a table that was made to need another since must come after it.
    for table in &tables {
        let Some(saved) = manifest.tables.iter().find(|saved| saved.name == table.name) else { continue };
        let as_saved = same_columns(table, saved)?;
        let columns: Vec<String> = saved.columns.iter().map(|(name, _)| name.clone()).collect();
        let pieces = part::read(backups, folder, manifest.part(&saved.part)?)?;
        let loaded = scratch::load(&mut conn, ("public", &table.name), &columns, pieces)
            .await
            .map_err(|e| misfit(&table.name, e))?;
        if loaded != saved.rows {
            return Err(differs(&format!("{} has {loaded} rows instead of {}", saved.name, saved.rows)));
        }
        let mut again = scratch::rows(&mut conn, &as_saved, manifest.tenant).await?;
        let mut hash = Sha256::new();
        while let Some(piece) = again.next().await {
            hash.update(piece?);
        }
        drop(again);
        if ended(hash) != manifest.part(&saved.part)?.plain_sha256 {
            return Err(differs(&format!("rows of {} differ", saved.name)));
        }
        rows += super::create::signed(loaded);
    }
    if let Some(lost) = manifest.tables.iter().find(|saved| !tables.iter().any(|t| t.name == saved.name)) {
        return Err(db::DataError::Refused(format!("this version of Stoa has no table {}", lost.name)).into());
    }
    Ok((rows, manifest.tables.len()))
}

// The table with the columns that were saved; those that came since are left out of the comparison.
fn same_columns(table: &Table, saved: &SavedTable) -> Result<Table, BackupError> {
    for (name, kind) in &saved.columns {
        if !table.columns.iter().any(|c| c.name == *name && c.kind == *kind) {
            let words = format!("this version of Stoa has no column {name} {kind} in {}", table.name);
            return Err(db::DataError::Refused(words).into());
        }
    }
    let columns = saved.columns.iter().map(|(name, kind)| Column { name: name.clone(), kind: kind.clone() }).collect();
    Ok(Table { columns, ..table.clone() })
}

// A row that the schema refuses is a fault of the backup; everything else is what it is.
fn misfit(table: &str, error: BackupError) -> BackupError {
    match error {
        BackupError::Data(error) if error.sql_state().is_some_and(|s| s.starts_with("22") || s.starts_with("23")) => {
            differs(&format!("{table}: {error}"))
        }
        other => other,
    }
}

fn bad_dump(error: BackupError) -> BackupError {
    match error {
        BackupError::Program(words) => differs(&words),
        other => other,
    }
}

fn same_lines(saved: &[String], found: &[String]) -> Result<(), BackupError> {
    let lost = saved.iter().find(|line| !found.contains(line));
    let added = found.iter().find(|line| !saved.contains(line));
    match (lost, added) {
        (Some(line), _) => Err(differs(&format!("the schema lacks: {line}"))),
        (None, Some(line)) => Err(differs(&format!("the schema also has: {line}"))),
        (None, None) => Ok(()),
    }
}

fn differs(words: &str) -> BackupError {
    BackupError::Differs(words.to_owned())
}
