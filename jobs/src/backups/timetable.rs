//! The daily round: whatever is due is made and read back, then retention, then tidying. One fault does not stop the rest.

use chrono::TimeDelta;
use db::DataError;
use db::backups::{Due, Place};
use db::platform::Platform;
use domain::backups::Trigger;
use tokio_util::sync::CancellationToken;

use super::offsite::copy_again;
use super::{BackupError, Backups, LATER, make, prune, sweep, verify};
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// A backup that could not be read back is tried again after so long.
const AGAIN_AFTER: TimeDelta = TimeDelta::hours(1);
/// Backups tried again in one round.
const AT_ONCE: u64 = 20;

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

/// Reads back what is only stored, and what could not be read the last time, each once an hour; how many are verified
/// now: the storage comes back, a key is put where it belongs. While the storage or something else that all need is
/// away, only the first of them is tried.
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

/// The job `make_due_backups`: whatever has had its hour, then retention, then tidying. Twice is safe: a round that
/// finds nothing due does nothing.
pub(crate) async fn round_job(job: Running) -> Result<Outcome, JobError> {
    match round(Backups::of(&job)?, &job.stop).await {
        Ok(done) => {
            let Round { verified, failed, pruned, copied, read_again } = done;
            job.log.info(format!(
                "{verified} created and verified, {failed} failed, {pruned} pruned; {copied} copied off-site, \
                 {read_again} verified later"
            ));
            Ok(Outcome::Done)
        }
        Err(BackupError::Stopped) => Ok(Outcome::Snooze(LATER)),
        Err(error) => Err(error.into()),
    }
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
