//! The place of the second copy: after a backup is stored, it is copied; after one is given up, its copy goes. How, is
//! not known here.

use chrono::TimeDelta;
use db::backups::Place;
use db::platform::Platform;
use domain::backups::{Kind, Offsite as State};
use domain::ids::BackupId;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::{BackupError, Backups};
use crate::storage::{ObjectPath, Storage};

/// A copy that failed is tried again after so long.
const AGAIN_AFTER: TimeDelta = TimeDelta::hours(1);
/// Copies tried again in one round.
const AT_ONCE: u64 = 20;

/// Makes and removes second copies, somewhere that a fire or a thief here does not reach.
pub trait Offsite: Send + Sync {
    /// Copies everything below `folder`; an error in words for people.
    fn copy<'a>(&'a self, storage: &'a Storage, folder: &'a ObjectPath) -> BoxFuture<'a, Result<(), String>>;

    /// Removes the copy of `folder`; one that is not there is removed already.
    fn remove<'a>(&'a self, folder: &'a ObjectPath) -> BoxFuture<'a, Result<(), String>>;
}

/// Copies a backup that was just stored. One that fails is told, and tried again an hour later by [`copy_again`]; the backup
/// itself is as good as before. Whether it is there now.
pub(super) async fn copy(backups: &Backups, place: &Place, id: BackupId, kind: Kind) -> bool {
    let Some(offsite) = &backups.offsite else { return false };
    let copied = match Backups::folder(place.tenant(), id) {
        Ok(folder) => offsite.copy(&backups.storage, &folder).await,
        Err(error) => Err(error.to_string()),
    };
    let (state, error) = match &copied {
        Ok(()) => (State::Copied, None),
        Err(words) => (State::Failed, Some(words.as_str())),
    };
    if let Err(error) = db::backups::note_offsite(place, id, kind, state, error).await {
        tracing::error!(%error, backup = %id, "cannot record the off-site copy");
    }
    copied.is_ok()
}

/// Makes the copies that failed an hour ago or were never noted; how many are there now. While the other side is away,
/// only the first of them is tried.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn copy_again(backups: &Backups, stop: &CancellationToken) -> Result<usize, BackupError> {
    if backups.offsite.is_none() {
        return Ok(0);
    }
    let before = backups.db.clock().now() - AGAIN_AFTER;
    let missing = db::backups::uncopied(&Platform::command(backups.db.clone()), before, AT_ONCE).await?;
    let mut copied = 0;
    for backup in missing {
        let place = Place::for_job(&backups.db, backup.tenant)?;
        if stop.is_cancelled() || !copy(backups, &place, backup.id, backup.kind).await {
            break;
        }
        copied += 1;
    }
    Ok(copied)
}
