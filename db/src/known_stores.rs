//! The tenants' stores as this process knows them: asked of PostgreSQL at most twice a second and tenant, by one caller
//! for all, forgotten at once by whoever changes one here. For what is only looked at. Whoever writes reads them in its
//! own transaction.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::TenantId;

use crate::error::DataError;
use crate::stores::Store;

/// With what a request takes, safely within the second after which nothing that is shown may be out of date.
const FRESH_FOR: Duration = Duration::from_millis(500);

/// Stores by tenant.
pub(crate) struct KnownStores(moka::future::Cache<TenantId, Arc<[Store]>>);

impl Default for KnownStores {
    fn default() -> Self {
        Self(moka::future::Cache::builder().max_capacity(50_000).time_to_live(FRESH_FOR).build())
    }
}

impl KnownStores {
    /// The tenant's stores by name, loaded when nobody knows them.
    pub(crate) async fn get(
        &self,
        tenant: TenantId,
        load: impl Future<Output = Result<Arc<[Store]>, DataError>>,
    ) -> Result<Arc<[Store]>, DataError> {
        if let Some(stores) = self.0.get(&tenant).await {
            return Ok(stores);
        }
        // Boxed when it is needed: most of the time it is not, and then it would only be moved about.
        Box::pin(self.0.try_get_with(tenant, load)).await.map_err(|e| e.again())
    }

    /// Forgets the tenant's stores: one of them changed.
    pub(crate) async fn forget(&self, tenant: TenantId) {
        self.0.invalidate(&tenant).await;
    }
}
