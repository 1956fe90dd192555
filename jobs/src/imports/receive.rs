//! Files on their way in: written below the data directory as they arrive, hashed on the way, kept to a limit,
//! and given their final name only when they are whole and on disk.

use std::io;
use std::path::{Path, PathBuf};

use db::imports::{Begin, Created, NewRun};
use db::orders::place::Mode;
use db::{DataError, Scope};
use domain::ids::TenantId;
use domain::imports::Format;
use sha2::{Digest, Sha256};
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::source::FileError;

/// A file that is arriving. Dropped before [`Receiver::finish`], it leaves nothing behind.
pub struct Receiver {
    file: Option<File>,
    arriving: PathBuf,
    path: PathBuf,
    hash: Sha256,
    size: u64,
    limit: u64,
}

/// A file that arrived whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its bytes.
    pub size: u64,
    /// SHA-256 of them.
    pub hash: Vec<u8>,
}

impl Receiver {
    /// Makes room for a file of up to `limit` bytes.
    ///
    /// # Errors
    /// When the disk does not let it.
    pub async fn new(data_dir: &Path, tenant: TenantId, limit: u64) -> Result<Self, FileError> {
        let folder = uploads(data_dir, tenant);
        let path = folder.join(Uuid::new_v4().to_string());
        let arriving = path.with_extension("part");
        let begun = arriving.clone();
        let begin = move || {
            crate::private::make_folder(&folder)?;
            crate::private::create_new(&begun)
        };
        let begun = tokio::task::spawn_blocking(begin).await.map_err(io::Error::other);
        let file = File::from_std(begun.and_then(|file| file).map_err(FileError::Io)?);
        Ok(Self { file: Some(file), arriving, path, hash: Sha256::new(), size: 0, limit })
    }

    /// Takes in the next piece.
    ///
    /// # Errors
    /// When the file grows over its limit, or the disk is full.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), FileError> {
        self.size += piece.len() as u64;
        if self.size > self.limit {
            return Err(FileError::TooLarge { size: self.size, limit: self.limit });
        }
        self.hash.update(piece);
        match &mut self.file {
            Some(file) => file.write_all(piece).await.map_err(FileError::Io),
            None => Err(FileError::Io(io::Error::other("it was already finished"))),
        }
    }

    /// Makes it durable under its final name.
    ///
    /// # Errors
    /// When it is empty, or the disk fails.
    pub async fn finish(mut self) -> Result<ReceivedFile, FileError> {
        if self.size == 0 {
            return Err(FileError::Empty);
        }
        if let Some(mut file) = self.file.take() {
            file.flush().await.map_err(FileError::Io)?;
            file.sync_all().await.map_err(FileError::Io)?;
        }
        fs::rename(&self.arriving, &self.path).await.map_err(FileError::Io)?;
        if let Some(folder) = self.path.parent() {
            let folder = File::open(folder).await.map_err(FileError::Io)?;
            folder.sync_all().await.map_err(FileError::Io)?;
        }
        let hash = std::mem::take(&mut self.hash).finalize().to_vec();
        Ok(ReceivedFile { path: self.path.clone(), size: self.size, hash })
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // After `finish` there is nothing under this name.
        let _absent = std::fs::remove_file(&self.arriving);
    }
}

/// Where the files of `tenant` lie until they are imported.
pub fn uploads(data_dir: &Path, tenant: TenantId) -> PathBuf {
    root(data_dir).join(tenant.to_string())
}

/// Makes a run of a file that arrived: a worker checks it next. Keeps one copy of a file that arrives again, and
/// none of one that was imported before.
///
/// # Errors
/// [`DataError::NotFound`] when there is no such store.
pub async fn submit(
    scope: &Scope,
    data_dir: &Path,
    store: &str,
    (format, mode): (Format, Mode),
    file_name: &str,
    file: &ReceivedFile,
) -> Result<Created, DataError> {
    let file_path = file.path.to_string_lossy();
    let created = make(scope, store, (format, mode), file_name, file, &file_path).await;
    let needed = match &created {
        Ok(Created::New(_)) => true,
        Ok(Created::Resumed(run)) => {
            !is_here(data_dir, &run.file_path) && db::imports::relocate(scope, run.id, &file_path).await?
        }
        Ok(Created::AlreadyDone(_)) | Err(_) => false,
    };
    if !needed {
        discard(data_dir, &file_path).await;
    }
    created
}

async fn make(
    scope: &Scope,
    store: &str,
    (format, mode): (Format, Mode),
    file_name: &str,
    file: &ReceivedFile,
    file_path: &str,
) -> Result<Created, DataError> {
    let tx = scope.begin().await?;
    let store = db::stores::by_slug(&tx, store).await?;
    tx.commit().await?;
    let new = NewRun {
        store: &store,
        format,
        file_name,
        file_path,
        file_size: file.size,
        file_hash: &file.hash,
        mode,
        begin: Begin::Check,
    };
    db::imports::create(scope, new).await
}

/// Removes a file that no run needs any more, if it was received here; others belong to somebody else.
pub(crate) async fn discard(data_dir: &Path, path: &str) {
    let path = Path::new(path);
    if !path.starts_with(root(data_dir)) {
        return;
    }
    if let Err(error) = fs::remove_file(path).await
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "cannot remove an imported file");
    }
}

// Whether a run's file was received here and still lies where it was put.
fn is_here(data_dir: &Path, path: &str) -> bool {
    let path = Path::new(path);
    path.starts_with(root(data_dir)) && path.is_file()
}

pub(super) fn root(data_dir: &Path) -> PathBuf {
    data_dir.join("imports")
}
