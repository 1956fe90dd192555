//! One signed-in SFTP session: single requests, and what became of the connection.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use russh::Disconnect;
use russh::client::Handle;
use russh_sftp::client::RawSftpSession;
use russh_sftp::client::error::Error as SftpError;
use russh_sftp::protocol::{FileAttributes, Packet, StatusCode};

use super::OffsiteError;
use super::connect::Guard;

const GOODBYE: Duration = Duration::from_secs(1);
const FOLDER_MODE: u32 = 0o700;

/// What the server can do beyond the plain protocol.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offers {
    pub(super) fsync: bool,
    pub(super) posix_rename: bool,
    pub(super) statvfs: bool,
}

impl Offers {
    pub(super) fn new(extensions: &HashMap<String, String>) -> Self {
        let has = |name: &str, version: &str| extensions.get(name).is_some_and(|v| v == version);
        Self {
            fsync: has("fsync@openssh.com", "1"),
            posix_rename: has("posix-rename@openssh.com", "1"),
            statvfs: has("statvfs@openssh.com", "2"),
        }
    }
}

/// A connection and what is known about it.
pub(super) struct Session {
    pub(super) raw: Arc<RawSftpSession>,
    pub(super) offers: Offers,
    ssh: Handle<Guard>,
    at: String,
    // A file was opened and not closed yet: work that is broken off leaves it so, and the connection is not used again.
    holds: AtomicBool,
    born: Instant,
    used: AtomicU64,
}

impl Session {
    pub(super) fn new(at: String, raw: RawSftpSession, ssh: Handle<Guard>, offers: Offers) -> Self {
        let (holds, used) = (AtomicBool::new(false), AtomicU64::new(0));
        Self { raw: Arc::new(raw), offers, ssh, at, holds, born: Instant::now(), used }
    }

    pub(super) fn is_usable(&self) -> bool {
        !self.ssh.is_closed() && !self.holds.load(Ordering::Relaxed)
    }

    pub(super) fn holds(&self, holds: bool) {
        self.holds.store(holds, Ordering::Relaxed);
    }

    pub(super) fn idle_for(&self) -> Duration {
        self.born.elapsed().saturating_sub(Duration::from_millis(self.used.load(Ordering::Relaxed)))
    }

    pub(super) fn touch(&self) {
        let now = u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.used.store(now, Ordering::Relaxed);
    }

    /// Takes leave, so that the server need not find out.
    pub(super) async fn close(self) {
        let goodbye = self.ssh.disconnect(Disconnect::ByApplication, "", "en");
        if !matches!(tokio::time::timeout(GOODBYE, goodbye).await, Ok(Ok(()))) {
            tracing::debug!(at = self.at, "off-site: the connection was already closed");
        }
    }

    /// Asks for something small, through every layer.
    pub(super) async fn ping(&self) -> Result<(), OffsiteError> {
        self.raw.realpath(".").await.map(drop).map_err(|e| self.fault(".", e))
    }

    /// The size of a file.
    pub(super) async fn stat(&self, path: &str) -> Result<u64, OffsiteError> {
        let attrs = self.raw.stat(path).await.map_err(|e| self.fault(path, e))?.attrs;
        Ok(attrs.size.unwrap_or(0))
    }

    pub(super) async fn remove(&self, path: &str) -> Result<(), OffsiteError> {
        self.raw.remove(path).await.map(drop).map_err(|e| self.fault(path, e))
    }

    pub(super) async fn remove_folder(&self, path: &str) -> Result<(), OffsiteError> {
        self.raw.rmdir(path).await.map(drop).map_err(|e| self.fault(path, e))
    }

    /// Makes the folder `path` lies in, and those above it.
    pub(super) async fn make_parents(&self, path: &str) -> Result<(), OffsiteError> {
        let ends: Vec<usize> = path.match_indices('/').map(|(end, _)| end).filter(|end| *end > 0).collect();
        let missing = {
            let mut missing = Vec::new();
            for end in ends.into_iter().rev() {
                match self.stat(&path[..end]).await {
                    Err(error) if error.is_missing() => missing.push(end),
                    Err(error) => return Err(error),
                    Ok(_) => break,
                }
            }
            missing
        };
        for end in missing.into_iter().rev() {
            let (folder, attrs) =
                (&path[..end], FileAttributes { permissions: Some(FOLDER_MODE), ..FileAttributes::empty() });
            if let Err(error) = self.raw.mkdir(folder, attrs).await {
                // Another upload may have made it meanwhile.
                self.stat(folder).await.map_err(|_| self.fault(folder, error))?;
            }
        }
        Ok(())
    }

    /// Gives a file its final name, replacing what had it: in one step where the server can.
    pub(super) async fn rename(&self, from: &str, to: &str) -> Result<(), OffsiteError> {
        if !self.offers.posix_rename {
            match self.remove(to).await {
                Err(error) if !error.is_missing() => return Err(error),
                _ => return self.raw.rename(from, to).await.map(drop).map_err(|e| self.fault(to, e)),
            }
        }
        let mut names = Vec::with_capacity(8 + from.len() + to.len());
        for name in [from, to] {
            names.extend(u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes());
            names.extend(name.as_bytes());
        }
        match self.raw.extended("posix-rename@openssh.com", names).await {
            Ok(Packet::Status(status)) if status.status_code == StatusCode::Ok => Ok(()),
            Ok(Packet::Status(status)) => Err(self.fault(to, SftpError::Status(status))),
            Ok(_) => Err(self.fault(to, SftpError::UnexpectedPacket)),
            Err(error) => Err(self.fault(to, error)),
        }
    }

    /// Bytes that are free where `path` is, if the server tells.
    pub(super) async fn free(&self, path: &str) -> Option<u64> {
        if !self.offers.statvfs {
            return None;
        }
        let space = self.raw.statvfs(path).await.ok()?;
        Some(space.blocks_avail.saturating_mul(space.fragment_size))
    }

    /// The server's answer in our words.
    pub(super) fn fault(&self, path: &str, error: SftpError) -> OffsiteError {
        let path = path.to_owned();
        match error {
            SftpError::Status(status) => match status.status_code {
                StatusCode::NoSuchFile => OffsiteError::Missing { path },
                StatusCode::PermissionDenied => OffsiteError::Denied { path },
                StatusCode::NoConnection | StatusCode::ConnectionLost => self.lost(status.error_message),
                code => OffsiteError::Refused { path, words: format!("{code} ({})", status.error_message) },
            },
            SftpError::Limited(words) => OffsiteError::Refused { path, words },
            SftpError::Timeout => self.lost("no response in time".to_owned()),
            other => self.lost(other.to_string()),
        }
    }

    fn lost(&self, words: String) -> OffsiteError {
        // Whatever still arrives on it, nobody can say what belongs to what.
        self.holds(true);
        OffsiteError::Lost { at: self.at.clone(), words }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("at", &self.at).field("usable", &self.is_usable()).finish_non_exhaustive()
    }
}
