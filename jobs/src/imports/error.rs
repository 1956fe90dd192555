//! Why an import did not happen, in words that say what to do next.

use db::DataError;

use super::source::FileError;

/// Why an import did not happen, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The tenant has no such store.
    #[error("there is no store '{0}' in this tenant; create it with `stoa store create`, or check the slug")]
    NoStore(String),
    /// The file as a whole is refused; nothing was stored.
    #[error("{0}")]
    File(#[from] FileError),
    /// Somebody else stores into the store.
    #[error("another import into this store is running; wait until it finishes, then try again")]
    Busy,
    /// It was asked to stop.
    #[error("the import was stopped; import the same file again to continue")]
    Stopped,
    /// The database refused or failed.
    #[error("the import stopped: {0}; import the same file again to continue")]
    Data(#[from] DataError),
    /// A fault in this program.
    #[error("the import stopped because of an internal error ({0}); please report it")]
    Fault(#[from] tokio::task::JoinError),
}

impl ImportError {
    /// Whether another attempt may go better.
    pub(crate) const fn may_pass(&self) -> bool {
        matches!(self, Self::File(FileError::Io(_)) | Self::Data(_) | Self::Fault(_) | Self::Busy)
    }
}
