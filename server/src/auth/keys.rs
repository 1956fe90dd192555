//! Who is behind an API key, remembered for less than a second.

use db::Db;
use db::api_keys::{self, Bearer};
use sha2::{Digest, Sha256};

use super::visitors::REMEMBERED;
use crate::error::Problem;

/// Bearers by the hash of their key; `None` for texts that are no living key. Cheap to clone.
#[derive(Clone)]
pub struct Keys {
    db: Db,
    known: moka::future::Cache<[u8; 32], Option<Bearer>>,
}

impl Keys {
    /// No key is remembered yet; what is asked for is read from `db`.
    pub fn new(db: Db) -> Self {
        let known = moka::future::Cache::builder().max_capacity(20_000).time_to_live(REMEMBERED).build();
        Self { db, known }
    }

    /// The bearer of `key`, if it is a living key.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn find(&self, key: &str) -> Result<Option<Bearer>, Problem> {
        let hash: [u8; 32] = Sha256::digest(key).into();
        // Boxed when it is needed: most of the time it is not, and then it would only be moved about.
        let loading = async { Box::pin(api_keys::bearer(&self.db, key)).await };
        self.known.try_get_with(hash, loading).await.map_err(|e| Problem::from(e.as_ref()))
    }
}
