//! Settings as this process knows them. An edit is announced with its commit and forgotten by every process that hears
//! it; a process that does not hear (its connection is lost, or it never listened) believes what it knows for half a
//! second only.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use domain::ids::{StoreId, TenantId};
use domain::settings::{StoreSettings, TenantSettings};

use crate::cache::cached::{Cached, FRESH_FOR};
use crate::error::DataError;
use crate::scope::Tx;

/// Where edits are announced.
pub(crate) const CHANNEL: &str = "stoa_settings";
const MOST: u64 = 100_000;
const KEPT: Duration = Duration::from_secs(3_600);

/// Settings by store and by tenant.
pub struct KnownSettings {
    stores: Cached<(TenantId, StoreId), Arc<StoreSettings>>,
    tenants: Cached<TenantId, Arc<TenantSettings>>,
    hears: AtomicBool,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Default for KnownSettings {
    fn default() -> Self {
        Self {
            stores: Cached::new(MOST, KEPT),
            tenants: Cached::new(MOST, KEPT),
            hears: AtomicBool::new(false),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }
}

impl KnownSettings {
    /// The settings of a store, from `read` when nobody here knows them.
    pub(super) async fn of_store<F>(
        &self,
        key: (TenantId, StoreId),
        read: impl FnOnce() -> F,
    ) -> Result<Arc<StoreSettings>, DataError>
    where
        F: Future<Output = Result<StoreSettings, DataError>>,
    {
        self.find(&self.stores, &key, read).await
    }

    /// The settings of a tenant as a whole, from `read` when nobody here knows them.
    pub(super) async fn of_tenant<F>(
        &self,
        tenant: TenantId,
        read: impl FnOnce() -> F,
    ) -> Result<Arc<TenantSettings>, DataError>
    where
        F: Future<Output = Result<TenantSettings, DataError>>,
    {
        self.find(&self.tenants, &tenant, read).await
    }

    /// Forgets a tenant's settings.
    pub(crate) async fn forget(&self, tenant: TenantId) {
        self.tenants.forget(&tenant).await;
        self.stores.forget_where(|(whose, _)| *whose == tenant).await;
    }

    /// How often settings were known, and how often they had to be read, since the start.
    pub fn reads(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }

    async fn find<K, T, F>(
        &self,
        cached: &Cached<K, Arc<T>>,
        key: &K,
        read: impl FnOnce() -> F,
    ) -> Result<Arc<T>, DataError>
    where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        T: Send + Sync + 'static,
        F: Future<Output = Result<T, DataError>>,
    {
        let age = if self.hears.load(Ordering::Acquire) { KEPT } else { FRESH_FOR };
        let mut is_read = false;
        let reading = || {
            is_read = true;
            let reading = read();
            async move { reading.await.map(Arc::new) }
        };
        let found = cached.get_within(age, key, reading).await;
        let (count, result) = if is_read { (&self.misses, "read") } else { (&self.hits, "known") };
        count.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("stoa_settings_reads_total", "result" => result).increment(1);
        found
    }

    fn forget_all(&self) {
        self.tenants.forget_all();
        self.stores.forget_all();
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
