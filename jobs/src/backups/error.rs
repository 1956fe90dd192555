//! Why a backup was not made, not found equal, or not brought back.

use std::io;

use db::DataError;

use crate::storage::{BadName, StorageError};

/// Why it was not done, in words that say what to do next.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database refused or failed.
    #[error("{0}")]
    Data(#[from] DataError),
    /// The storage refused or failed.
    #[error("{0}")]
    Storage(#[from] StorageError),
    /// The backup itself is not as it was written. Says where.
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    /// It could be restored, but is not what was saved. Says where.
    #[error("the restored copy differs: {0}")]
    Differs(String),
    /// A program of PostgreSQL is missing, of the wrong version, or failed.
    #[error("{0}")]
    Program(String),
    /// The owner's address is not known.
    #[error(
        "MIGRATION_DATABASE_URL is not set; only the owner of the tables can read all rows and create scratch \
         databases"
    )]
    NoOwner,
    /// It is sealed, and the key is not here.
    #[error("the backup is encrypted for {0}; set STOA_BACKUP_IDENTITY_FILE to the file with its age identity")]
    Sealed(String),
    /// One of its kind is being made.
    #[error("a backup of this kind is already running; wait until it finishes")]
    Running,
    /// Somebody else took over, because this process was silent for too long.
    #[error("this process did not respond for too long; the backup was abandoned")]
    Lost,
    /// Asked to stop.
    #[error("the backup was stopped before it finished")]
    Stopped,
    /// The disk below the data directory.
    #[error("the disk below STOA_DATA_DIR failed: {0}")]
    Disk(String),
}

impl BackupError {
    /// Whether the backup itself is bad, rather than the moment.
    pub const fn is_bad(&self) -> bool {
        matches!(self, Self::Damaged(_) | Self::Differs(_))
    }

    /// An error of reading something back: of the storage, or else of what was read.
    pub(crate) fn of_reading(part: &str, error: &io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<StorageError>()) {
            Some(StorageError::Missing(_)) => Self::Damaged(format!("{part} is missing")),
            Some(storage) => Self::Storage(StorageError::Failed(storage.to_string())),
            None => Self::Damaged(format!("{part}: {error}")),
        }
    }
}

impl From<BadName> for BackupError {
    fn from(error: BadName) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<io::Error> for BackupError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error.to_string())
    }
}

impl From<tokio::task::JoinError> for BackupError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Disk(format!("a task failed: {error}"))
    }
}
