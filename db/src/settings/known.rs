//! Settings as this process knows them. An edit is announced with its commit and forgotten by every process that hears
//! it; a process that does not hear (its connection is lost, or it never listened) believes what it knows for half a
//! second only.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::ids::{StoreId, TenantId};
use domain::settings::{StoreSettings, TenantSettings};
use moka::future::Cache;

use crate::error::DataError;
use crate::scope::Tx;

/// Where edits are announced.
pub(crate) const CHANNEL: &str = "stoa_settings";
const MOST: u64 = 100_000;
const KEPT: Duration = Duration::from_secs(3_600);
const DEAF: Duration = Duration::from_millis(500);

type Key = (TenantId, StoreId);

#[derive(Clone)]
struct Known<T> {
    settings: Arc<T>,
    since: Instant,
}

/// Settings by store and by tenant.
pub struct KnownSettings {
    stores: Cache<Key, Known<StoreSettings>>,
    tenants: Cache<TenantId, Known<TenantSettings>>,
    hears: AtomicBool,
    // How often something was forgotten.
    forgotten: AtomicU64,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Default for KnownSettings {
    fn default() -> Self {
        Self {
            stores: Cache::builder().max_capacity(MOST).time_to_live(KEPT).build(),
            tenants: Cache::builder().max_capacity(MOST).time_to_live(KEPT).build(),
            hears: AtomicBool::new(false),
            forgotten: AtomicU64::new(0),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }
}

impl KnownSettings {
    /// The settings of a store, loaded when nobody here knows them.
    pub(super) async fn of_store(
        &self,
        key: Key,
        load: impl Future<Output = Result<StoreSettings, DataError>>,
    ) -> Result<Arc<StoreSettings>, DataError> {
        self.find(&self.stores, key, load).await
    }

    /// The settings of a tenant as a whole, loaded when nobody here knows them.
    pub(super) async fn of_tenant(
        &self,
        tenant: TenantId,
        load: impl Future<Output = Result<TenantSettings, DataError>>,
    ) -> Result<Arc<TenantSettings>, DataError> {
        self.find(&self.tenants, tenant, load).await
    }

    /// Forgets a tenant's settings.
    pub(crate) async fn forget(&self, tenant: TenantId) {
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        self.tenants.invalidate(&tenant).await;
        let theirs: Vec<Key> = self.stores.iter().map(|(key, _)| *key).filter(|(t, _)| *t == tenant).collect();
        for key in theirs {
            self.stores.invalidate(&key).await;
        }
    }

    /// How often settings were known, and how often they had to be read, since the start.
    pub fn reads(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }

    async fn find<K, T>(
        &self,
        cache: &Cache<K, Known<T>>,
        key: K,
        load: impl Future<Output = Result<T, DataError>>,
    ) -> Result<Arc<T>, DataError>
    where
        K: Copy + Eq + Hash + Send + Sync + 'static,
        T: Clone + Send + Sync + 'static,
    {
        let trusted = if self.hears.load(Ordering::Acquire) { KEPT } else { DEAF };
        if let Some(known) = cache.get(&key).await
            && known.since.elapsed() < trusted
        {
            self.hits.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("stoa_settings_reads_total", "result" => "known").increment(1);
            return Ok(known.settings);
        }
        self.misses.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("stoa_settings_reads_total", "result" => "read").increment(1);
        let (since, forgotten) = (Instant::now(), self.forgotten.load(Ordering::Acquire));
        let settings = Arc::new(load.await?);
        cache.insert(key, Known { settings: Arc::clone(&settings), since }).await;
        // What was read may have been changed while it was read, and forgotten before it was there to be forgotten.
        if self.forgotten.load(Ordering::Acquire) != forgotten {
            cache.invalidate(&key).await;
        }
        Ok(settings)
    }

    fn forget_all(&self) {
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        self.tenants.invalidate_all();
        self.stores.invalidate_all();
    }
}

/// Announces with the commit that the tenant's settings changed.
pub(super) async fn announce(tx: &Tx) -> Result<(), DataError> {
    // SQL: a notification, which PostgreSQL sends with the commit.
    tx.run(&format!("select pg_notify('{CHANNEL}', $1::text)"), []).await.map(drop)
}

/// From here on edits by other processes are heard, until this is dropped.
pub(crate) struct Hearing<'a>(&'a KnownSettings);

impl<'a> Hearing<'a> {
    /// Call it once the connection listens to [`CHANNEL`].
    pub(crate) fn begin(settings: &'a KnownSettings) -> Self {
        // Whatever was known before may have been changed while nobody listened.
        settings.forget_all();
        settings.hears.store(true, Ordering::Release);
        Self(settings)
    }

    /// An edit was announced.
    pub(crate) async fn heard(&self, payload: &str) {
        match payload.parse() {
            Ok(tenant) => self.0.forget(tenant).await,
            Err(_) => self.0.forget_all(),
        }
    }
}

impl Drop for Hearing<'_> {
    fn drop(&mut self) {
        self.0.hears.store(false, Ordering::Release);
    }
}
