//! Why something was not stored or not found, in words that say what to do next.

use std::error::Error;
use std::io;

/// Why the storage did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such object. Holds its path.
    #[error("{0} is not in the storage")]
    Missing(String),
    /// Nothing more fits in.
    #[error("the storage is full; free some space, then try again")]
    Full,
    /// The storage does not let us.
    #[error("the storage denied access ({0}); check its permissions or keys")]
    Denied(String),
    /// Anything else: mostly that it is out of reach.
    #[error("the storage failed: {0}; check that it is reachable, then try again")]
    Failed(String),
}

impl StorageError {
    /// Whether another attempt in a moment may go better.
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

impl From<object_store::Error> for StorageError {
    fn from(error: object_store::Error) -> Self {
        use object_store::Error as E;
        match &error {
            E::NotFound { path, .. } => return Self::Missing(path.clone()),
            E::PermissionDenied { .. } | E::Unauthenticated { .. } => return Self::Denied(root_cause(&error)),
            _ => {}
        }
        match io_kind(&error) {
            Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge) => Self::Full,
            Some(io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem) => {
                Self::Denied(root_cause(&error))
            }
            _ => Self::Failed(root_cause(&error)),
        }
    }
}

impl From<io::Error> for StorageError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => Self::Full,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Denied(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}

fn io_kind(error: &object_store::Error) -> Option<io::ErrorKind> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(io) = current.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        cause = current.source();
    }
    None
}

// The outer layers repeat the inner ones; only the first and the last say something.
fn root_cause(error: &object_store::Error) -> String {
    let mut last: &(dyn Error + 'static) = error;
    while let Some(next) = last.source() {
        last = next;
    }
    let (outer, inner) = (error.to_string(), last.to_string());
    if outer.contains(&inner) { outer } else { format!("{outer}: {inner}") }
}
