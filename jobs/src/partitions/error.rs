//! Why a quarter was not archived or not restored.

use db::DataError;
use domain::quarter::Quarter;

use crate::storage::{BadName, StorageError};

/// Why it was not done, in words that say what to do next. Nothing was dropped that is not in verified files.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The database refused or failed.
    #[error("{0}")]
    Data(#[from] DataError),
    /// The storage refused or failed.
    #[error("{0}")]
    Storage(StorageError),
    /// Files are not what was written. Says which.
    #[error("the archive is damaged: {0}")]
    Damaged(String),
    /// The quarter changed each time it was compared.
    #[error("orders of {0} keep changing while it is archived; try again later")]
    Restless(Quarter),
    /// There is nothing to restore.
    #[error("no archive of {0} has orders that are missing in the database; list archives with: stoa partitions list")]
    NotArchived(Quarter),
    /// The tables changed in a way that the archive cannot follow.
    #[error(
        "the archive has a column {0} that the database lacks or has with another type; restore with the version of \
         Stoa that wrote it"
    )]
    Schema(String),
    /// Asked to stop.
    #[error("it was stopped before it finished; run it again to continue")]
    Stopped,
}

impl From<BadName> for ArchiveError {
    fn from(error: BadName) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<StorageError> for ArchiveError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Missing(path) => Self::Damaged(format!("{path} is missing")),
            other => Self::Storage(other),
        }
    }
}
