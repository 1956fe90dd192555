//! Reading back later what could not be read when it was made, or was taken in by the sweep: the storage comes back, a
//! key is put where it belongs.

use chrono::TimeDelta;
use db::DataError;
use db::backups::Place;
use db::platform::Platform;
use tokio_util::sync::CancellationToken;

use super::{BackupError, Backups, verify};

/// A backup that could not be read back is tried again after so long.
const AGAIN_AFTER: TimeDelta = TimeDelta::hours(1);
/// Backups tried again in one round.
const AT_ONCE: u64 = 20;

/// Reads back what is only stored, and what could not be read the last time, each once an hour; how many are verified
/// now. While the storage or something else that all need is away, only the first of them is tried.
///
/// # Errors
/// When PostgreSQL fails, or it was stopped.
pub async fn verify_again(backups: &Backups, stop: &CancellationToken) -> Result<usize, BackupError> {
    let before = backups.db.clock().now() - AGAIN_AFTER;
    let unread = db::backups::unread(&Platform::command(backups.db.clone()), before, AT_ONCE).await?;
    let mut verified = 0;
    for backup in unread {
        let place = Place::for_job(&backups.db, backup.tenant)?;
        db::backups::note_reading(&place, backup.id).await?;
        match verify(backups, &place, backup.id, stop).await {
            Ok(_) => verified += 1,
            Err(BackupError::Stopped) => return Err(BackupError::Stopped),
            Err(error) if is_its_own(&error) => {}
            Err(_) => break,
        }
    }
    Ok(verified)
}

// Whether the error says nothing about other backups. It stands in the row of this one.
const fn is_its_own(error: &BackupError) -> bool {
    error.is_bad()
        || matches!(
            error,
            BackupError::Sealed(_)
                | BackupError::NoOwner
                | BackupError::Data(DataError::Refused(_) | DataError::NotFound(_))
        )
}
