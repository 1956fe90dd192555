//! Imports of snapshot files: `source` reads lines, `formats` makes orders of them, `check` reads a file through
//! without storing anything, `apply` stores it batch by batch and goes on where it was stopped.
//!
//! There are two ways in: a file received by the browser (`receive`, then the job `apply_import`, see `queued`), and a
//! file at the command line (`file`, in the same process). Both work on a run under a lease, see `db::imports`.

pub mod formats;
pub mod receive;
pub mod source;

mod apply;
mod batches;
mod check;
mod error;
mod expire;
mod file;
mod queued;
mod windows_1250;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use db::stores::Store;
use domain::imports::Format;

pub use error::ImportError;
pub use expire::expire;
pub(crate) use expire::expire_job;
pub use file::{FileImport, Outcome, run_file, run_file_until};
pub(crate) use queued::{apply_job, retry_job};
pub use source::FileError;

use formats::{Context, Survey, recognise_file, survey};

/// Which format the file at `path` has, as its beginning shows; it may have up to `limit` bytes.
///
/// # Errors
/// When it cannot be read, is empty, or has none of the known formats.
pub async fn recognise(path: PathBuf, limit: u64) -> Result<Format, FileError> {
    let reading = tokio::task::spawn_blocking(move || recognise_file(&path, limit));
    reading.await.map_err(|error| FileError::Io(io::Error::other(error)))?
}

/// A file, and what must be known to read it.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    format: Format,
    path: PathBuf,
    limit: u64,
    context: Context,
}

impl Snapshot {
    fn new(format: Format, path: PathBuf, limit: u64, store: &Store, now: DateTime<Utc>) -> Self {
        let context = Context { store: store.slug.clone(), zone: store.zone, currency: store.currency, now };
        Self { format, path, limit, context }
    }

    // Reads the file through, without holding up this thread's other work.
    async fn survey(&self) -> Result<Arc<Survey>, ImportError> {
        let this = self.clone();
        let reading = tokio::task::spawn_blocking(move || survey(this.format, &this.path, this.limit));
        Ok(Arc::new(reading.await??))
    }
}
