//! Whether the data folder can be written: uploads, messages and local backups go there, and a full disk is found out
//! before somebody loses one. Looked at by writing, because free space alone says nothing of quotas and read-only mounts.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jobs::private;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// How long an answer is good.
const KEPT: Duration = Duration::from_secs(3);
/// How long the disk may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// What is written: more than a block, so that a disk with a few bytes left counts as full.
const PROBE: usize = 64 * 1024;

/// The data folder, as last looked at. Cheap to clone.
#[derive(Clone)]
pub struct DataFolder(Arc<Parts>);

struct Parts {
    path: PathBuf,
    last: Mutex<Option<(Instant, Result<(), &'static str>)>>,
    // Whether a look is still waiting for the disk: only one does.
    looking: AtomicBool,
}

impl DataFolder {
    /// The folder at `path`.
    pub fn new(path: &Path) -> Self {
        Self(Arc::new(Parts { path: path.to_owned(), last: Mutex::new(None), looking: AtomicBool::new(false) }))
    }

    /// Whether it can be written, else why not, without its path. Asks the disk every few seconds at most, and waits two
    /// seconds at most.
    pub async fn check(&self) -> Result<(), &'static str> {
        let mut last = self.0.last.lock().await;
        if let Some((at, found)) = *last
            && at.elapsed() < KEPT
        {
            return found;
        }
        let found = self.look().await;
        *last = Some((Instant::now(), found));
        found
    }

    async fn look(&self) -> Result<(), &'static str> {
        let slow = "does not answer";
        if self.0.looking.swap(true, Ordering::AcqRel) {
            return Err(slow);
        }
        let parts = Arc::clone(&self.0);
        let looking = tokio::task::spawn_blocking(move || {
            let found = probe(&parts.path);
            parts.looking.store(false, Ordering::Release);
            found
        });
        match timeout(PATIENCE, looking).await {
            Ok(Ok(found)) => found.map_err(|error| words(&error)),
            Ok(Err(_)) | Err(_) => Err(slow),
        }
    }
}

/// Makes the folder where it is missing, writes a small file to the disk, and removes it.
///
/// # Errors
/// When the disk does not let it.
pub fn probe(folder: &Path) -> io::Result<()> {
    private::make_folder(folder)?;
    let path = folder.join(format!(".stoa-probe-{}", uuid::Uuid::new_v4()));
    let written = private::create_new(&path).and_then(|mut file| {
        file.write_all(&[0; PROBE])?;
        file.sync_all()
    });
    let removed = std::fs::remove_file(&path);
    written.and(removed)
}

/// What is wrong, in words for whoever may ask.
pub fn words(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => "full",
        io::ErrorKind::ReadOnlyFilesystem => "read-only",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => "not a folder",
        _ => "not writable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_is_made_and_left_as_it_was() {
        let path = std::env::temp_dir().join(format!("stoa-folder-{}/data", uuid::Uuid::new_v4()));
        let folder = DataFolder::new(&path);
        assert_eq!(folder.check().await, Ok(()));
        assert_eq!(std::fs::read_dir(&path).unwrap().count(), 0);
        std::fs::remove_dir_all(&path).unwrap();
        std::fs::write(&path, b"in its place").unwrap();
        assert_eq!(folder.check().await, Ok(()), "good for a few seconds");
        assert_eq!(DataFolder::new(&path).check().await, Err("not a folder"));
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    }
}
