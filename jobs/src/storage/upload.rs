//! An object on its way in: kept aside part by part, and visible under its name only when it is whole.

use bytes::{Bytes, BytesMut};
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path;
use object_store::{MultipartId, MultipartUpload, ObjectStoreExt, PutPayload};

use super::{Backend, ObjectPath, Storage, StorageError};
use crate::private;

/// Bytes of a part. S3 allows 10,000 parts of one object: 160 GB.
const PART: usize = 16 * 1024 * 1024;
/// Behind the name of an object whose parts are arriving: holds the id by which what is left of it can be removed.
pub(super) const MARK: &str = ".upload";

/// An object that is arriving. Dropped before [`Upload::finish`], it is never seen; what it leaves behind is removed
/// at once in a folder, and by [`Storage::remove_all`] on a server.
pub struct Upload {
    storage: Storage,
    key: Path,
    buffer: BytesMut,
    parts: Parts,
    bytes: u64,
}

enum Parts {
    // So far everything fits in one request.
    None,
    Local(Box<dyn MultipartUpload>),
    Server { id: MultipartId, sent: Vec<PartId> },
}

impl Upload {
    pub(super) fn new(storage: Storage, path: &ObjectPath) -> Self {
        Self { key: path.key(), storage, buffer: BytesMut::new(), parts: Parts::None, bytes: 0 }
    }

    /// Takes in the next piece.
    ///
    /// # Errors
    /// When the storage is full, refuses or fails.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), StorageError> {
        self.bytes += piece.len() as u64;
        let mut rest = piece;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(PART - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            rest = later;
            if self.buffer.len() == PART {
                let part = self.buffer.split().freeze();
                self.send(part).await?;
            }
        }
        Ok(())
    }

    /// Makes it an object under its name, durably; its size in bytes.
    ///
    /// # Errors
    /// When the storage is full, refuses or fails; then there is no object.
    pub async fn finish(mut self) -> Result<u64, StorageError> {
        let last = self.buffer.split().freeze();
        if matches!(self.parts, Parts::None) {
            make_folder(&self.storage, &self.key).await?;
            self.storage.store().put(&self.key, PutPayload::from_bytes(last)).await?;
            close(&self.storage, &self.key).await?;
            return Ok(self.bytes);
        }
        if !last.is_empty() {
            self.send(last).await?;
        }
        match self.parts {
            Parts::None => {}
            Parts::Local(mut upload) => {
                drop(upload.complete().await?);
                close(&self.storage, &self.key).await?;
            }
            Parts::Server { id, sent } => {
                let Backend::Server(server) = &self.storage.backend else { return Ok(self.bytes) };
                server.complete_multipart(&self.key, &id, sent).await?;
                self.storage.store().delete(&mark(&self.key)).await?;
            }
        }
        Ok(self.bytes)
    }

    async fn send(&mut self, part: Bytes) -> Result<(), StorageError> {
        if matches!(self.parts, Parts::None) {
            self.parts = begin(&self.storage, &self.key).await?;
        }
        match &mut self.parts {
            Parts::None => {}
            Parts::Local(upload) => upload.put_part(PutPayload::from_bytes(part)).await?,
            Parts::Server { id, sent } => {
                if let Backend::Server(server) = &self.storage.backend {
                    sent.push(server.put_part(&self.key, id, sent.len(), PutPayload::from_bytes(part)).await?);
                }
            }
        }
        Ok(())
    }
}

// Borrows no upload: what one holds cannot be shared between threads.
async fn begin(storage: &Storage, key: &Path) -> Result<Parts, StorageError> {
    match &storage.backend {
        Backend::Folder(..) => {
            make_folder(storage, key).await?;
            Ok(Parts::Local(storage.store().put_multipart(key).await?))
        }
        Backend::Server(server) => {
            let id = server.create_multipart(key).await?;
            // Parts that nobody completes are paid for and not listed; the mark lets them be found again.
            storage.store().put(&mark(key), PutPayload::from(id.clone())).await?;
            Ok(Parts::Server { id, sent: Vec::new() })
        }
    }
}

// The library makes folders and files as the umask says; ours are closed whatever it says.
async fn make_folder(storage: &Storage, key: &Path) -> Result<(), StorageError> {
    let Some(path) = storage.file(key) else { return Ok(()) };
    let made = move || path.parent().map_or(Ok(()), private::make_folder);
    Ok(tokio::task::spawn_blocking(made).await.map_err(|e| StorageError::Failed(e.to_string()))??)
}

async fn close(storage: &Storage, key: &Path) -> Result<(), StorageError> {
    let Some(path) = storage.file(key) else { return Ok(()) };
    let closed = move || private::close(&path);
    Ok(tokio::task::spawn_blocking(closed).await.map_err(|e| StorageError::Failed(e.to_string()))??)
}

fn mark(key: &Path) -> Path {
    Path::from(format!("{key}{MARK}"))
}
