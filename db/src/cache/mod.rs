//! The cache of figures and pages: in this process first, then in Redis, then computed, once however many ask.
//!
//! Every key carries the tenant and its *generation*, the last sequence number of its feed. Each write adds a feed
//! event in its own transaction, so a write makes all older entries unreachable: there is nothing to invalidate, and
//! nothing to lose when a message or Redis gets lost. See `docs/decisions/0004-cache-generation.md`.

mod generation;
pub mod redis;

use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::DataError;
use crate::scope::Scope;
use generation::Generations;
use redis::Redis;

/// How long an entry may live; its generation usually ends it sooner.
pub const TTL: Duration = Duration::from_secs(300);
const ENTRIES: u64 = 20_000;
const REDIS_DATABASE: i64 = 1;

type Entry = Arc<dyn Any + Send + Sync>;

/// Both levels, and the generations of the tenants in use.
pub struct Cache {
    local: moka::future::Cache<String, Entry>,
    shared: Option<Redis>,
    generations: Generations,
    computed: AtomicU64,
}

impl Cache {
    pub(crate) fn new(redis_url: Option<&str>) -> Result<Self, DataError> {
        Ok(Self {
            local: moka::future::Cache::builder().max_capacity(ENTRIES).time_to_live(TTL).build(),
            shared: redis_url.map(|url| Redis::new(url, REDIS_DATABASE)).transpose()?,
            generations: Generations::new(),
            computed: AtomicU64::new(0),
        })
    }

    /// The tenant's generation: at most half a second behind the last commit of any process, and never
    /// behind one of this process.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn generation(&self, scope: &Scope) -> Result<i64, DataError> {
        self.generations.current(scope).await
    }

    /// What `compute` gives for `name` at the tenant's generation `generation`, computed at most once at a time
    /// in this process, and not at all while either level holds it. `name` must say everything that the value
    /// depends on but the tenant.
    ///
    /// # Errors
    /// Those of `compute`; they are not kept.
    pub async fn get<T, F>(&self, scope: &Scope, generation: i64, name: &str, compute: F) -> Result<Arc<T>, DataError>
    where
        T: Serialize + DeserializeOwned + Send + Sync + 'static,
        F: Future<Output = Result<T, DataError>>,
    {
        let key = format!("stoa:{}:{generation}:{name}", scope.tenant());
        let loading = self.load(&key, compute);
        let entry =
            self.local.try_get_with_by_ref(&key, loading).await.map_err(|e| Arc::unwrap_or_clone(e).into_error())?;
        entry.downcast().map_err(|_| DataError::Corrupt(format!("cache entry {key} has another type")))
    }

    /// Like [`Cache::get`], for what cannot or need not be shared between processes, such as rendered pages.
    ///
    /// # Errors
    /// Those of `compute`; they are not kept.
    pub async fn get_local<T, F>(
        &self,
        scope: &Scope,
        generation: i64,
        name: &str,
        compute: F,
    ) -> Result<Arc<T>, DataError>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<T, DataError>>,
    {
        let key = format!("stoa:{}:{generation}:{name}", scope.tenant());
        let loading = async { compute.await.map(|value| Arc::new(value) as Entry).map_err(Shared::from) };
        let entry =
            self.local.try_get_with_by_ref(&key, loading).await.map_err(|e| Arc::unwrap_or_clone(e).into_error())?;
        entry.downcast().map_err(|_| DataError::Corrupt(format!("cache entry {key} has another type")))
    }

    /// How many values were computed rather than found, since the start.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// Whether Redis answers; `None` when none is configured.
    pub async fn redis_answers(&self) -> Option<bool> {
        match &self.shared {
            Some(redis) => Some(redis.ping().await),
            None => None,
        }
    }

    pub(crate) const fn generations(&self) -> &Generations {
        &self.generations
    }

    async fn load<T, F>(&self, key: &str, compute: F) -> Result<Entry, Shared>
    where
        T: Serialize + DeserializeOwned + Send + Sync + 'static,
        F: Future<Output = Result<T, DataError>>,
    {
        if let Some(redis) = &self.shared
            && let Some(bytes) = redis.get(key).await
            && let Ok(value) = serde_json::from_slice::<T>(&bytes)
        {
            metrics::counter!("stoa_cache_requests_total", "result" => "shared").increment(1);
            return Ok(Arc::new(value));
        }
        let value = compute.await.map_err(Shared::from)?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("stoa_cache_requests_total", "result" => "computed").increment(1);
        if let Some(redis) = &self.shared
            && let Ok(bytes) = serde_json::to_vec(&value)
        {
            redis.set(key, &bytes, TTL).await;
        }
        Ok(Arc::new(value))
    }
}

// Those who wait for somebody else's computation share its error, which must therefore be cloneable.
#[derive(Clone)]
enum Shared {
    NotFound(&'static str),
    Forbidden,
    Invalid(domain::fields::FieldErrors),
    Busy,
    Other(String),
}

impl From<DataError> for Shared {
    fn from(error: DataError) -> Self {
        match error {
            DataError::NotFound(noun) => Self::NotFound(noun),
            DataError::Forbidden => Self::Forbidden,
            DataError::Invalid(fields) => Self::Invalid(fields),
            DataError::Busy => Self::Busy,
            other => Self::Other(other.to_string()),
        }
    }
}

impl Shared {
    fn into_error(self) -> DataError {
        match self {
            Self::NotFound(noun) => DataError::NotFound(noun),
            Self::Forbidden => DataError::Forbidden,
            Self::Invalid(fields) => DataError::Invalid(fields),
            Self::Busy => DataError::Busy,
            Self::Other(words) => DataError::Corrupt(words),
        }
    }
}
