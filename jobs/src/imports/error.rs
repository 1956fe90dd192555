//! Why an import did not happen, in words that say what to do next.

use db::DataError;

use super::source::FileError;

/// Why an import did not happen, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The tenant has no such store.
    #[error("there is no store '{0}' in this tenant; make it with `stoa store create`, or check the name")]
    NoStore(String),
    /// The file as a whole is refused; nothing was stored.
    #[error("{0}")]
    File(#[from] FileError),
    /// Somebody else stores into the store.
    #[error("another import into this store is running; wait until it is done and try again")]
    Busy,
    /// It was asked to stop.
    #[error("the import was stopped; start it again with the same file and it goes on where it was")]
    Stopped,
    /// The database refused or failed.
    #[error("the import stopped: {0}; start it again with the same file and it goes on where it was")]
    Data(#[from] DataError),
    /// A fault in this program.
    #[error("the import stopped because of a fault in the program ({0}); please report it")]
    Fault(#[from] tokio::task::JoinError),
}

impl ImportError {
    /// Whether another attempt may go better.
    pub(crate) const fn may_pass(&self) -> bool {
        matches!(self, Self::File(FileError::Io(_)) | Self::Data(_) | Self::Fault(_) | Self::Busy)
    }
}
