//! Archiving a quarter: written, read back and compared, taken out of sight, compared once more now that nothing changes
//! it, dropped. Each step is noted before the next; whoever comes after a process that died goes on there.

use std::collections::HashMap;

use chrono::TimeDelta;
use db::partitions::archiving::{self, Step};
use db::partitions::content::Place;
use db::partitions::{ArchiveRow, ArchiveState, Table};
use db::platform::Platform;
use db::{Access, DataError, Db, Scope};
use domain::permission::Permission;
use domain::quarter::Quarter;
use tokio_util::sync::CancellationToken;

use super::error::ArchiveError;
use super::file::{self, Content};
use super::manifest::{File, Manifest};
use crate::storage::Storage;

/// A restored quarter is left alone for so long.
const RESTORED_STAY: TimeDelta = TimeDelta::days(30);
/// How often a quarter that changes meanwhile is written anew.
const TRIES: u32 = 5;
const TENANTS: u64 = 1_000_000;

/// What became of one quarter.
#[derive(Debug)]
pub struct Archived {
    /// Which one.
    pub quarter: Quarter,
    /// Its archive, or why there is none.
    pub done: Result<ArchiveRow, ArchiveError>,
}

/// Quarters that `archive_due` would take, oldest first: those past `retention` whole quarters beside the running one (0:
/// none), and those that an earlier attempt left unfinished.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn due(db: &Db, retention: u32) -> Result<Vec<Quarter>, ArchiveError> {
    if retention == 0 {
        return Ok(Vec::new());
    }
    let now = db.clock().now();
    let before = Quarter::of(now.date_naive()).before(retention);
    Ok(archiving::due(db, before, now - RESTORED_STAY).await?)
}

/// Archives every quarter past its retention. One that fails does not stop the others.
///
/// # Errors
/// When PostgreSQL fails before the first.
pub async fn archive_due(
    db: &Db,
    storage: &Storage,
    retention: u32,
    stop: &CancellationToken,
) -> Result<Vec<Archived>, ArchiveError> {
    let mut all = Vec::new();
    for quarter in due(db, retention).await? {
        let done = archive(db, storage, quarter, stop).await;
        if let Err(error) = &done {
            tracing::error!(%quarter, %error, "a partition was not archived; Stoa retries");
        }
        all.push(Archived { quarter, done });
    }
    Ok(all)
}

/// Archives one quarter, or goes on where an earlier attempt stopped.
///
/// # Errors
/// When the quarter is not whole, somebody else archives, the storage or PostgreSQL fail. The quarter stays as it is.
pub async fn archive(
    db: &Db,
    storage: &Storage,
    quarter: Quarter,
    stop: &CancellationToken,
) -> Result<ArchiveRow, ArchiveError> {
    let _alone = archiving::alone(db).await?;
    finish(db, storage, quarter, stop).await
}

/// The same, for those who have the sole right already.
pub(super) async fn finish(
    db: &Db,
    storage: &Storage,
    quarter: Quarter,
    stop: &CancellationToken,
) -> Result<ArchiveRow, ArchiveError> {
    let row = archiving::plan(db, quarter).await?;
    let done = steps(db, storage, &row, stop).await;
    if let Err(error) = &done {
        archiving::stopped(db, &row, &error.to_string()).await?;
    }
    done
}

async fn steps(
    db: &Db,
    storage: &Storage,
    planned: &ArchiveRow,
    stop: &CancellationToken,
) -> Result<ArchiveRow, ArchiveError> {
    let mut written = 0;
    loop {
        if stop.is_cancelled() {
            return Err(ArchiveError::Stopped);
        }
        let row = archiving::current(db, planned.quarter, planned.part).await?;
        let frozen = row.state == ArchiveState::Detached;
        match row.state {
            ArchiveState::Planned => {
                write(db, storage, &row, Place::Attached, stop).await?;
                written += 1;
            }
            ArchiveState::Written if equal(db, storage, &row, Place::Attached).await? => {
                archiving::move_on(db, &row, Step::Verified).await?;
            }
            ArchiveState::Written if written < TRIES => archiving::move_on(db, &row, Step::Again).await?,
            ArchiveState::Written => return Err(ArchiveError::Restless(row.quarter)),
            ArchiveState::Verified => archiving::detach(db, row.quarter).await?,
            ArchiveState::Detached if row.compared_at.is_some() => archiving::drop_rows(db, row.quarter).await?,
            ArchiveState::Detached if equal(db, storage, &row, Place::Detached).await? => {
                archiving::move_on(db, &row, Step::Compared).await?;
            }
            // An order came or changed in the moment before: the frozen rows are written anew.
            ArchiveState::Detached if frozen && written <= TRIES => {
                write(db, storage, &row, Place::Detached, stop).await?;
                written += 1;
            }
            ArchiveState::Detached => {
                return Err(ArchiveError::Damaged(format!("{} differs after writing", row.location)));
            }
            ArchiveState::Dropped | ArchiveState::Restoring | ArchiveState::Restored => return Ok(row),
        }
    }
}

async fn write(
    db: &Db,
    storage: &Storage,
    row: &ArchiveRow,
    place: Place,
    stop: &CancellationToken,
) -> Result<(), ArchiveError> {
    let mut manifest = Manifest::begin(db, row).await?;
    for scope in scopes(db).await? {
        for table in Table::ALL {
            let whose = (scope.clone(), table, place);
            manifest.files.extend(file::write(storage, row, &manifest, whose, stop).await?);
        }
    }
    let hash = manifest.put(storage, row).await?;
    Ok(archiving::written(db, row, &hash, manifest.totals()).await?)
}

/// Whether the files read back as they were written, and hold what the database has.
async fn equal(db: &Db, storage: &Storage, row: &ArchiveRow, place: Place) -> Result<bool, ArchiveError> {
    let manifest = match Manifest::get(storage, row).await {
        // A process died while it wrote the files anew: the rows are all still there.
        Err(ArchiveError::Damaged(words)) => {
            tracing::warn!(quarter = %row.quarter, words, "rewriting an archive");
            return Ok(false);
        }
        other => other?,
    };
    for file in &manifest.files {
        match file::check(storage, row, file).await {
            Err(ArchiveError::Damaged(words)) => {
                tracing::warn!(quarter = %row.quarter, words, "rewriting an archive");
                return Ok(false);
            }
            other => other?,
        }
    }
    matches_database(db, &manifest, place).await
}

/// Whether the database has, for every tenant there is, what the manifest says.
pub(super) async fn matches_database(db: &Db, manifest: &Manifest, place: Place) -> Result<bool, ArchiveError> {
    let files: HashMap<_, &File> = manifest.files.iter().map(|f| ((f.tenant, f.table.as_str()), f)).collect();
    let mut met = 0;
    for scope in scopes(db).await? {
        for table in Table::ALL {
            let file = files.get(&(scope.tenant(), table.as_str()));
            met += usize::from(file.is_some());
            let Content { rows, sha256 } = file::in_database(manifest, (scope.clone(), table, place)).await?;
            let same = file.map_or(rows == 0, |f| (f.rows, &f.content_sha256) == (rows, &sha256));
            if !same {
                tracing::info!(quarter = %manifest.quarter, tenant = %scope.tenant(), %table, rows, "an archive differs from the database");
                return Ok(false);
            }
        }
    }
    Ok(met == files.len())
}

async fn scopes(db: &Db) -> Result<Vec<Scope>, ArchiveError> {
    let tenants = Platform::command(db.clone()).tenants(TENANTS).await?;
    let scope = |tenant: db::platform::TenantRow| Access::job(db.clone(), tenant.id).scope(Permission::ReadOrders);
    Ok(tenants.into_iter().map(scope).collect::<Result<Vec<_>, DataError>>()?)
}
