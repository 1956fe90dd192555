//! The cache of figures and pages: in this process first, then in Redis, then computed, once however many ask.
//!
//! Every key carries the tenant and its *generation*, the last sequence number of its feed. Each write adds a feed
//! event in its own transaction, so a write makes all older entries unreachable: there is nothing to invalidate, and
//! nothing to lose when a message or Redis gets lost. See `docs/decisions/0004-cache-generation.md`.

pub(crate) mod cached;
mod generation;
pub mod redis;

use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::ids::TenantId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::DataError;
use crate::scope::Scope;
use redis::Redis;

pub(crate) use generation::Generations;

/// How long an entry may live; its generation usually ends it sooner.
pub const TTL: Duration = Duration::from_secs(300);
/// Bytes that the level in this process may hold: what people ask for must not fill the memory.
const CAPACITY: u64 = 64 * 1024 * 1024;
const REDIS_DATABASE: i64 = 1;

/// What is kept in this process.
#[derive(Clone)]
struct Entry {
    value: Arc<dyn Any + Send + Sync>,
    bytes: u32,
}

/// What is kept whole in this process knows how much room it takes.
pub trait Weighed {
    /// Its size in bytes, roughly.
    fn bytes(&self) -> usize;
}

/// Both levels, and the generations of the tenants in use.
pub struct Cache {
    local: moka::future::Cache<String, Entry>,
    shared: Option<Redis>,
    generations: Generations<TenantId>,
    asked: AtomicU64,
    from_redis: AtomicU64,
    computed: AtomicU64,
}

/// How the cache of this process is, since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How often something was asked for.
    pub asked: u64,
    /// How often it was found in Redis.
    pub shared: u64,
    /// How often it was computed.
    pub computed: u64,
    /// What this process keeps.
    pub entries: u64,
    /// The bytes that it takes.
    pub bytes: u64,
    /// The bytes that it may take.
    pub room: u64,
}

impl Cache {
    pub(crate) fn new(redis_url: Option<&str>) -> Result<Self, DataError> {
        Ok(Self {
            local: moka::future::Cache::builder()
                .max_capacity(CAPACITY)
                .weigher(|key: &String, entry: &Entry| entry.bytes.saturating_add(key_bytes(key)))
                .time_to_live(TTL)
                .build(),
            shared: redis_url.map(|url| Redis::new(url, REDIS_DATABASE)).transpose()?,
            generations: Generations::new(),
            asked: AtomicU64::new(0),
            from_redis: AtomicU64::new(0),
            computed: AtomicU64::new(0),
        })
    }

    /// The tenant's generation: at most half a second behind the last commit of any process, and never
    /// behind one of this process.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn generation(&self, scope: &Scope) -> Result<i64, DataError> {
        self.generations.current(scope.tenant(), || ask(scope)).await
    }

    /// What `compute` gives for `name` at the tenant's generation `generation`, computed at most once at a time
    /// in this process, and not at all while either level holds it. `name` must say everything that the value
    /// depends on but the tenant and the stores that the actor reaches.
    ///
    /// # Errors
    /// Those of `compute`; they are not kept.
    pub async fn get<T, F>(&self, scope: &Scope, generation: i64, name: &str, compute: F) -> Result<Arc<T>, DataError>
    where
        T: Serialize + DeserializeOwned + Send + Sync + 'static,
        F: Future<Output = Result<T, DataError>>,
    {
        self.shared_value(key(scope, generation, name), compute).await
    }

    /// Like [`Cache::get`], for what belongs to no tenant: `generation` is one of `platform_generations`.
    ///
    /// # Errors
    /// Those of `compute`; they are not kept.
    pub async fn get_for_platform<T, F>(&self, generation: i64, name: &str, compute: F) -> Result<Arc<T>, DataError>
    where
        T: Serialize + DeserializeOwned + Send + Sync + 'static,
        F: Future<Output = Result<T, DataError>>,
    {
        self.shared_value(format!("stoa:platform:{generation}:{name}"), compute).await
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
        T: Weighed + Send + Sync + 'static,
        F: Future<Output = Result<T, DataError>>,
    {
        let key = key(scope, generation, name);
        let loading = async {
            let value = compute.await?;
            self.computed.fetch_add(1, Ordering::Relaxed);
            Ok(Entry::of(value.bytes(), value))
        };
        self.local_value(&key, loading).await
    }

    /// Forgets everything that Redis holds of `tenant`: figures, and how often it asked. False when Redis did not answer;
    /// then it forgets by itself within minutes.
    pub async fn forget(&self, tenant: TenantId) -> bool {
        match &self.shared {
            Some(redis) => redis.forget(&format!("stoa:{tenant}:")).await.is_some(),
            None => true,
        }
    }

    /// How many values were computed rather than found, since the start.
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// How it is.
    pub fn figures(&self) -> Figures {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Figures {
            asked: read(&self.asked),
            shared: read(&self.from_redis),
            computed: read(&self.computed),
            entries: self.local.entry_count(),
            bytes: self.local.weighted_size(),
            room: CAPACITY,
        }
    }

    /// Whether Redis answers; `None` when none is configured.
    pub async fn redis_answers(&self) -> Option<bool> {
        match &self.shared {
            Some(redis) => Some(redis.ping().await),
            None => None,
        }
    }

    pub(crate) const fn generations(&self) -> &Generations<TenantId> {
        &self.generations
    }

    async fn shared_value<T, F>(&self, key: String, compute: F) -> Result<Arc<T>, DataError>
    where
        T: Serialize + DeserializeOwned + Send + Sync + 'static,
        F: Future<Output = Result<T, DataError>>,
    {
        self.local_value(&key, self.load(&key, compute)).await
    }

    async fn local_value<T, F>(&self, key: &String, loading: F) -> Result<Arc<T>, DataError>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<Entry, DataError>>,
    {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let entry = match self.local.get(key).await {
            Some(entry) => entry,
            // Boxed when it is needed: most of the time it is not, and then it would only be moved about.
            None => Box::pin(self.local.try_get_with_by_ref(key, loading)).await.map_err(|e| e.again())?,
        };
        entry.value.downcast().map_err(|_| DataError::Corrupt(format!("cache entry {key} has another type")))
    }

    async fn load<T, F>(&self, key: &str, compute: F) -> Result<Entry, DataError>
    where
        T: Serialize + DeserializeOwned + Send + Sync + 'static,
        F: Future<Output = Result<T, DataError>>,
    {
        if let Some(redis) = &self.shared
            && let Some(bytes) = redis.get(key).await
            && let Ok(value) = serde_json::from_slice::<T>(&bytes)
        {
            self.from_redis.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("stoa_cache_requests_total", "result" => "shared").increment(1);
            return Ok(Entry::of(bytes.len(), value));
        }
        let value = compute.await?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("stoa_cache_requests_total", "result" => "computed").increment(1);
        let bytes = serde_json::to_vec(&value).unwrap_or_default();
        if let Some(redis) = self.shared.as_ref().filter(|_| !bytes.is_empty()) {
            redis.set(key, &bytes, TTL).await;
        }
        Ok(Entry::of(bytes.len(), value))
    }
}

impl Entry {
    fn of(bytes: usize, value: impl Any + Send + Sync) -> Self {
        Self { value: Arc::new(value), bytes: u32::try_from(bytes).unwrap_or(u32::MAX) }
    }
}

async fn ask(scope: &Scope) -> Result<i64, DataError> {
    let tx = scope.begin().await?;
    let seq = crate::feed::head(&tx).await?;
    tx.end();
    Ok(seq)
}

// Whoever reaches some stores only never meets what was made for somebody else, however the caller names it.
fn key(scope: &Scope, generation: i64, name: &str) -> String {
    let mut key = format!("stoa:{}:{generation}:", scope.tenant());
    for store in scope.stores().only().unwrap_or_default() {
        key += &format!("{store},");
    }
    key + name
}

// The key's text and what the map itself keeps of an entry.
fn key_bytes(key: &str) -> u32 {
    u32::try_from(key.len() + 256).unwrap_or(u32::MAX)
}
