//! Work that is watched: it shows every second that it lives and how far it is, and ends when it is asked to or when the
//! backup is its own no more.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use db::backups::{Claim, Place};
use domain::backups::Progress;
use tokio_util::sync::CancellationToken;

use super::BackupError;

const BEAT: Duration = Duration::from_secs(1);

/// How far the work is, for whoever asks.
#[derive(Clone, Default)]
pub(super) struct Steps(Arc<Mutex<Progress>>);

impl Steps {
    /// Begins a step of `total` tables or files.
    pub(super) fn begin(&self, step: &str, total: usize) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) =
            Progress { step: step.to_owned(), done: 0, total: total as u64 };
    }

    /// One more is done.
    pub(super) fn one(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).done += 1;
    }

    fn now(&self) -> Progress {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Does `work` under watch.
pub(super) async fn watched<T>(
    place: &Place,
    claim: &Claim,
    steps: &Steps,
    stop: &CancellationToken,
    work: impl Future<Output = Result<T, BackupError>>,
) -> Result<T, BackupError> {
    let beating = async {
        loop {
            tokio::time::sleep(BEAT).await;
            match db::backups::heartbeat(place, claim, &steps.now()).await {
                Ok(true) => {}
                Ok(false) => return BackupError::Lost,
                // Silent for too long, it is given up by others; until then the database may come back.
                Err(error) => tracing::warn!(%error, backup = %claim.id, "cannot record the progress of a backup"),
            }
        }
    };
    tokio::select! {
        done = work => done,
        lost = beating => Err(lost),
        () = stop.cancelled() => Err(BackupError::Stopped),
    }
}
