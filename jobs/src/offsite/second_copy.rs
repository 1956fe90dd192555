//! The off-site folder as backups know it: a place for second copies.

use futures::future::{BoxFuture, FutureExt as _};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::{Offsite, OffsiteError, Settings, copy_offsite, prune_offsite};
use crate::storage::{ObjectPath, Storage};

/// Second copies over SFTP. Opens its connections with the first copy, not before.
#[derive(Debug)]
pub struct SecondCopy {
    settings: Settings,
    offsite: OnceCell<Offsite>,
}

impl SecondCopy {
    /// One for these settings.
    pub const fn new(settings: Settings) -> Self {
        Self { settings, offsite: OnceCell::const_new() }
    }

    async fn offsite(&self) -> Result<&Offsite, OffsiteError> {
        self.offsite.get_or_try_init(|| async { Offsite::open(&self.settings) }).await
    }
}

impl crate::backups::Offsite for SecondCopy {
    fn copy<'a>(&'a self, storage: &'a Storage, folder: &'a ObjectPath) -> BoxFuture<'a, Result<(), String>> {
        let copying = async move {
            let copied = copy_offsite(storage, self.offsite().await?, folder, &CancellationToken::new()).await?;
            tracing::info!(%folder, sent = copied.sent, bytes = copied.bytes, same = copied.same, "copied off-site");
            Ok::<_, OffsiteError>(())
        };
        copying.map(|result| result.map_err(|error| error.to_string())).boxed()
    }

    fn remove<'a>(&'a self, folder: &'a ObjectPath) -> BoxFuture<'a, Result<(), String>> {
        let removing = async move { prune_offsite(self.offsite().await?, folder).await };
        removing.map(|result| result.map(drop).map_err(|error: OffsiteError| error.to_string())).boxed()
    }
}
