//! Bringing an archived quarter back: each part of it is unpacked aside, compared with its manifest, and joined; other
//! quarters are not touched. The files stay.

use db::partitions::archiving::{self, Joined, Step};
use db::partitions::content::{self, PAGE, Place};
use db::partitions::{ArchiveRow, ArchiveState, Table, steps};
use db::{Access, Db};
use domain::permission::Permission;
use domain::quarter::Quarter;
use tokio_util::sync::CancellationToken;

use super::archive::{finish, matches_database};
use super::error::ArchiveError;
use super::file::Unpacked;
use super::manifest::{File, Manifest};
use crate::storage::Storage;

/// Restores `quarter`, or goes on where an earlier attempt stopped; the parts that came back.
///
/// # Errors
/// [`ArchiveError::NotArchived`]; when files are damaged, somebody else archives, the storage or PostgreSQL fail. Then
/// nothing of the part came into sight.
pub async fn restore(
    db: &Db,
    storage: &Storage,
    quarter: Quarter,
    stop: &CancellationToken,
) -> Result<Vec<ArchiveRow>, ArchiveError> {
    let _alone = archiving::alone(db).await?;
    // One that is out of sight and not yet dropped is first archived to the end.
    if archiving::of(db, quarter).await?.iter().any(|row| row.state == ArchiveState::Detached) {
        finish(db, storage, quarter, stop).await?;
    }
    let away = |row: &ArchiveRow| matches!(row.state, ArchiveState::Dropped | ArchiveState::Restoring);
    let mut parts: Vec<ArchiveRow> = archiving::of(db, quarter).await?.into_iter().filter(away).collect();
    // One at a time: what was begun goes first.
    parts.sort_by_key(|row| (row.state != ArchiveState::Restoring, row.part));
    if parts.is_empty() {
        return Err(ArchiveError::NotArchived(quarter));
    }
    let mut back = Vec::new();
    for row in parts {
        if let Err(error) = part(db, storage, &row, stop).await {
            archiving::stopped(db, &row, &error.to_string()).await?;
            return Err(error);
        }
        back.push(archiving::current(db, quarter, row.part).await?);
    }
    Ok(back)
}

async fn part(db: &Db, storage: &Storage, row: &ArchiveRow, stop: &CancellationToken) -> Result<(), ArchiveError> {
    let manifest = Manifest::get(storage, row).await?;
    for table in Table::ALL {
        let known = content::columns(db, table).await?;
        if let Some(lost) = manifest.columns(table).iter().find(|c| !known.contains(c)) {
            return Err(ArchiveError::Schema(format!("{table}.{}", lost.name)));
        }
    }
    archiving::move_on(db, row, Step::Restoring).await?;
    archiving::stage(db, row.quarter).await?;
    for file in &manifest.files {
        unpack(db, storage, row, &manifest, file, stop).await?;
    }
    if !matches_database(db, &manifest, Place::Restoring).await? {
        return Err(ArchiveError::Damaged(format!(
            "the data unpacked from {} differs from what was archived",
            row.location
        )));
    }
    loop {
        match archiving::attach(db, row.quarter).await? {
            Joined::Attached => return Ok(()),
            Joined::There => return merge(db, row, stop).await,
            Joined::InNet => {
                for table in Table::ALL {
                    while !steps::fill(db, table, row.quarter).await?.1 {}
                }
            }
        }
    }
}

async fn merge(db: &Db, row: &ArchiveRow, stop: &CancellationToken) -> Result<(), ArchiveError> {
    while archiving::merge(db, row.quarter).await? {
        if stop.is_cancelled() {
            return Err(ArchiveError::Stopped);
        }
    }
    Ok(())
}

async fn unpack(
    db: &Db,
    storage: &Storage,
    row: &ArchiveRow,
    manifest: &Manifest,
    file: &File,
    stop: &CancellationToken,
) -> Result<(), ArchiveError> {
    let table = Table::ALL.into_iter().find(|t| t.as_str() == file.table);
    let table = table.ok_or_else(|| ArchiveError::Damaged(format!("{} belongs to no known table", file.name)))?;
    let scope = Access::job(db.clone(), file.tenant).scope(Permission::WriteOrders)?;
    let mut unpacked = Unpacked::open(storage, row, file).await?;
    loop {
        let lines = unpacked.next().await?;
        if lines.is_empty() {
            return unpacked.verify();
        }
        if stop.is_cancelled() {
            return Err(ArchiveError::Stopped);
        }
        for some in lines.chunks(usize::try_from(PAGE).unwrap_or(usize::MAX)) {
            content::write(&scope, table, row.quarter, manifest.columns(table), some).await?;
        }
    }
}
