//! Numbers that only grow, and by which cached data is named, as this process knows them: asked of PostgreSQL at most twice
//! a second, by one caller for all; moved on at once by writes of this process and by announcements of others.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use super::cached::{Cached, FRESH_FOR};
use crate::error::DataError;

/// Generations by whatever has one.
pub(crate) struct Generations<K> {
    asked: Cached<K, i64>,
    // The highest number announced. One small entry for each that was ever moved on.
    announced: Mutex<HashMap<K, i64>>,
}

impl<K> Generations<K>
where
    K: Copy + Eq + Hash + Send + Sync + 'static,
{
    pub(crate) fn new() -> Self {
        Self { asked: Cached::new(100_000, FRESH_FOR), announced: Mutex::default() }
    }

    /// The generation of `key`, from `ask` when nobody knows it; never behind what was announced.
    ///
    /// # Errors
    /// Those of `ask`.
    pub(crate) async fn current<F>(&self, key: K, ask: impl FnOnce() -> F) -> Result<i64, DataError>
    where
        F: Future<Output = Result<i64, DataError>>,
    {
        let asked = self.asked.get(&key, ask).await?;
        let announced = self.announced.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        Ok(asked.max(announced.unwrap_or(0)))
    }

    pub(crate) fn announce(&self, key: K, generation: i64) {
        let mut announced = self.announced.lock().unwrap_or_else(PoisonError::into_inner);
        let known = announced.entry(key).or_insert(generation);
        *known = generation.max(*known);
    }
}
