//! The daily round: whatever is due is made and read back, then retention, then tidying. One fault does not stop the rest.

use db::backups::{Due, Place};
use db::platform::Platform;
use domain::backups::Trigger;
use tokio_util::sync::CancellationToken;

use super::offsite::copy_again;
use super::{BackupError, Backups, make, prune, sweep, verify_again};

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Backups that were made and found equal.
    pub verified: usize,
    /// Those that were not; their rows say why.
    pub failed: usize,
    /// Those that retention took.
    pub pruned: usize,
    /// Copies elsewhere that had failed and are there now.
    pub copied: usize,
    /// Backups that could not be read back before, or never were, and were found equal now.
    pub read_again: usize,
}

/// Does what is due. To be called every few minutes; when nothing is due it does nothing.
///
/// # Errors
/// When the database cannot say what is due, or it was stopped.
pub async fn round(backups: &Backups, stop: &CancellationToken) -> Result<Round, BackupError> {
    let due = db::backups::due(&Platform::command(backups.db.clone())).await?;
    let mut done = Round::default();
    match copy_again(backups, stop).await {
        Ok(copied) => done.copied = copied,
        Err(error) => tracing::error!(%error, "off-site copies"),
    }
    if !due.is_empty() {
        make_all(backups, due, stop, &mut done).await?;
        tidy(backups, &mut done).await;
    }
    match verify_again(backups, stop).await {
        Ok(read) => done.read_again = read,
        Err(BackupError::Stopped) => return Err(BackupError::Stopped),
        Err(error) => tracing::error!(%error, "verifying again"),
    }
    Ok(done)
}

async fn make_all(
    backups: &Backups,
    due: Vec<Due>,
    stop: &CancellationToken,
    done: &mut Round,
) -> Result<(), BackupError> {
    for due in due {
        let place = Place::for_job(&backups.db, due.tenant)?;
        match make(backups, &place, due.kind, Trigger::Schedule, stop).await {
            Ok(_) => done.verified += 1,
            Err(BackupError::Stopped) => return Err(BackupError::Stopped),
            Err(BackupError::Running) => {}
            Err(error) => {
                tracing::error!(%error, tenant = %due.tenant, kind = %due.kind, "scheduled backup");
                done.failed += 1;
            }
        }
    }
    Ok(())
}

async fn tidy(backups: &Backups, done: &mut Round) {
    match prune(backups).await {
        Ok(pruned) => done.pruned = pruned.backups.len(),
        Err(error) => tracing::error!(%error, "retention"),
    }
    if let Err(error) = sweep(backups).await {
        tracing::error!(%error, "cleaning up the storage");
    }
}
