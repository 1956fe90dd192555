//! Trying again over a new connection, each time after a longer pause.

use std::time::Duration;

use super::{OffsiteError, Settings};

const LONGEST: Duration = Duration::from_secs(10);

/// The attempts of one piece of work.
#[derive(Debug)]
pub(super) struct Retry {
    left: u32,
    attempts: u32,
    first: Duration,
    pause: Duration,
}

impl Retry {
    pub(super) const fn new(settings: &Settings) -> Self {
        Self { left: settings.attempts, attempts: settings.attempts, first: settings.pause, pause: settings.pause }
    }

    /// Waits before the next attempt.
    ///
    /// # Errors
    /// `error` itself, when another attempt cannot help or enough were made.
    pub(super) async fn after(&mut self, error: OffsiteError) -> Result<(), OffsiteError> {
        if !error.is_transient() || self.left == 0 {
            return Err(error);
        }
        self.left -= 1;
        tracing::warn!(%error, left = self.left, "off-site: trying again");
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST);
        Ok(())
    }

    /// Something arrived: the next break is a new one.
    pub(super) const fn progressed(&mut self) {
        self.left = self.attempts;
        self.pause = self.first;
    }
}
