//! The second, off-site copy: a folder on another machine, reached over SFTP.
//!
//! [`Offsite`] is a pool of SSH connections to one folder: at most 20, each pinged before use and closed after five idle
//! minutes. Files are written under a temporary name, checked and then renamed, so that a half file never shows. What
//! is copied when, and how it is encrypted, is decided elsewhere.

mod connect;
mod copy;
mod download;
mod error;
mod file;
mod folder;
mod host_key;
mod path;
mod pool;
mod retry;
mod second_copy;
mod session;
mod settings;
mod sums;
mod upload;
mod url;

use std::sync::Arc;

pub use copy::{Copied, copy_offsite, prune_offsite};
pub use download::Reader;
pub use error::OffsiteError;
pub use folder::Found;
pub use host_key::HostKeys;
pub use path::OffsitePath;
pub use second_copy::SecondCopy;
pub use settings::{Check, Settings};
pub use upload::Stored;
pub use url::OffsiteUrl;

use pool::{Connections, Lease};
use retry::Retry;

/// The off-site folder. Cheap to clone; all clones share one pool, which closes with the last of them.
#[derive(Clone, Debug)]
pub struct Offsite {
    connections: Connections,
    settings: Arc<Settings>,
}

impl Offsite {
    /// Reads the private key and prepares the pool; connects when first used. Must be called inside a Tokio runtime.
    ///
    /// # Errors
    /// When the private key cannot be read or is of a kind that is not supported.
    pub fn open(settings: &Settings) -> Result<Self, OffsiteError> {
        let settings = Arc::new(settings.clone());
        Ok(Self { connections: Connections::new(Arc::clone(&settings))?, settings })
    }

    /// Whether the folder can be reached: connects where needed, looks at it and says how many bytes are free, where
    /// the server tells. Does not try twice and changes nothing.
    ///
    /// # Errors
    /// What stands in the way, in words for the operator.
    pub async fn ping(&self) -> Result<Option<u64>, OffsiteError> {
        let session = self.lease().await?;
        session.stat(&self.settings.url.folder).await?;
        Ok(session.free(&self.settings.url.folder).await)
    }

    /// How many connections are open now, busy or idle.
    pub fn connected(&self) -> usize {
        self.connections.count()
    }

    async fn lease(&self) -> Result<Lease, OffsiteError> {
        self.connections.lease().await
    }

    fn retry(&self) -> Retry {
        Retry::new(&self.settings)
    }

    /// The name of `path` on the server.
    fn remote(&self, path: &OffsitePath) -> String {
        self.settings.url.join(path.as_str())
    }
}
