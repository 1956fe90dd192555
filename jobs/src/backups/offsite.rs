//! The place of the second copy: after a backup is stored, it is copied; after one is given up, its copy goes. How, is
//! not known here.

use futures::future::BoxFuture;

use crate::storage::{ObjectPath, Storage};

/// Makes and removes second copies, somewhere that a fire or a thief here does not reach.
pub trait Offsite: Send + Sync {
    /// Copies everything below `folder`; an error in words for people.
    fn copy<'a>(&'a self, storage: &'a Storage, folder: &'a ObjectPath) -> BoxFuture<'a, Result<(), String>>;

    /// Removes the copy of `folder`; one that is not there is removed already.
    fn remove<'a>(&'a self, folder: &'a ObjectPath) -> BoxFuture<'a, Result<(), String>>;
}
