//! The second copy over SFTP, as backups see it.

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::offsite::{Offsite, copy_offsite, prune_offsite};
use crate::storage::{ObjectPath, Storage};

impl super::Offsite for Offsite {
    fn copy<'a>(&'a self, storage: &'a Storage, folder: &'a ObjectPath) -> BoxFuture<'a, Result<(), String>> {
        // Dropped with the backup that it belongs to; objects that arrived whole are not sent again.
        let copying = async move { copy_offsite(storage, self, folder, &CancellationToken::new()).await };
        copying.map(|copied| copied.map(drop).map_err(|error| error.to_string())).boxed()
    }

    fn remove<'a>(&'a self, folder: &'a ObjectPath) -> BoxFuture<'a, Result<(), String>> {
        prune_offsite(self, folder).map(|pruned| pruned.map(drop).map_err(|error| error.to_string())).boxed()
    }
}
