//! The tenants' generations as this process knows them. Asked of PostgreSQL at most twice a second and tenant,
//! by one caller for all; moved on at once by writes of this process and by announcements of others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::ids::TenantId;

use crate::error::DataError;
use crate::scope::Scope;

const FRESH_FOR: Duration = Duration::from_millis(500);

pub(crate) struct Generations {
    asked: moka::future::Cache<TenantId, i64>,
    // The highest number announced. One small entry a tenant that was ever written to.
    announced: Mutex<HashMap<TenantId, i64>>,
}

impl Generations {
    pub(crate) fn new() -> Self {
        let asked = moka::future::Cache::builder().max_capacity(100_000).time_to_live(FRESH_FOR).build();
        Self { asked, announced: Mutex::default() }
    }

    pub(crate) async fn current(&self, scope: &Scope) -> Result<i64, DataError> {
        let tenant = scope.tenant();
        let asked = match self.asked.get(&tenant).await {
            Some(asked) => asked,
            // Boxed when it is needed: most of the time it is not, and then it would only be moved about.
            None => {
                let asking = Box::pin(self.asked.try_get_with(tenant, ask(scope)));
                asking.await.map_err(|e: Arc<DataError>| e.again())?
            }
        };
        let announced = self.announced.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).copied();
        Ok(asked.max(announced.unwrap_or(0)))
    }

    pub(crate) fn announce(&self, tenant: TenantId, seq: i64) {
        let mut announced = self.announced.lock().unwrap_or_else(PoisonError::into_inner);
        let known = announced.entry(tenant).or_insert(seq);
        *known = seq.max(*known);
    }
}

async fn ask(scope: &Scope) -> Result<i64, DataError> {
    let tx = scope.begin().await?;
    let seq = crate::feed::head(&tx).await?;
    tx.end();
    Ok(seq)
}
