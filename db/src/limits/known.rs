//! What tenants are allowed, as this process knows it: for what happens with every request. Remembered for an hour
//! under the generation `tiers`, which moves on with every change of a tier or of who is on it; the generation is asked
//! of PostgreSQL at most twice a second, by one caller for all.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::ids::TenantId;
use domain::limits::Terms;

use crate::connect::Db;
use crate::error::DataError;
use crate::scope::Tx;

const REMEMBERED: Duration = Duration::from_secs(3_600);
const FRESH_FOR: Duration = Duration::from_millis(500);

/// What a tenant is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The name of its tier in addresses.
    pub slug: String,
    /// The name of its tier.
    pub name: String,
    /// What the tier says.
    pub terms: Terms,
    /// The generation under which it was read.
    pub generation: i64,
}

/// Plans by tenant.
pub(crate) struct KnownPlans {
    plans: moka::future::Cache<(TenantId, i64), Arc<Plan>>,
    asked: moka::future::Cache<(), i64>,
    // The last generation that this process made.
    made: AtomicI64,
}

impl Default for KnownPlans {
    fn default() -> Self {
        Self {
            plans: moka::future::Cache::builder().max_capacity(100_000).time_to_live(REMEMBERED).build(),
            asked: moka::future::Cache::builder().max_capacity(1).time_to_live(FRESH_FOR).build(),
            made: AtomicI64::new(0),
        }
    }
}

/// What `tenant` is allowed: as of at most half a second ago, and never behind a change of this process. Most of the time
/// no statement.
///
/// # Errors
/// [`DataError::NotFound`] when there is no such tenant; when PostgreSQL fails.
pub async fn plan(db: &Db, tenant: TenantId) -> Result<Arc<Plan>, DataError> {
    let known = db.plans();
    let asking = async { Box::pin(ask(db)).await };
    let asked = known.asked.try_get_with((), asking).await.map_err(|e: Arc<DataError>| e.again())?;
    let generation = asked.max(known.made.load(Ordering::Acquire));
    let loading = async { Box::pin(load(db, tenant, generation)).await };
    known.plans.try_get_with((tenant, generation), loading).await.map_err(|e| e.again())
}

/// Moves the generation on in `tx`; after its commit, [`KnownPlans::note`] it.
pub(crate) async fn move_on(tx: &Tx) -> Result<i64, DataError> {
    let sql = "update platform_generations set generation = generation + 1 where name = 'tiers' and $1::uuid is not null returning generation";
    tx.scalar(sql, []).await?.ok_or_else(|| DataError::Corrupt("platform_generations lacks 'tiers'".into()))
}

impl KnownPlans {
    /// A change of this process was committed as `generation`.
    pub(crate) fn note(&self, generation: i64) {
        self.made.fetch_max(generation, Ordering::AcqRel);
    }
}

async fn ask(db: &Db) -> Result<i64, DataError> {
    let sql = "select generation from platform_generations where name = 'tiers'";
    Ok(sqlx::query_scalar(sql).fetch_optional(&db.pool).await?.unwrap_or(0))
}

async fn load(db: &Db, tenant: TenantId, generation: i64) -> Result<Arc<Plan>, DataError> {
    let sql =
        "select i.slug, i.name, i.limits, i.lacks from tenants t join tiers i on i.id = t.tier_id where t.id = $1";
    let found: Option<(String, String, serde_json::Value, Vec<String>)> =
        sqlx::query_as(sql).bind(tenant.0).fetch_optional(&db.pool).await?;
    let (slug, name, limits, lacks) = found.ok_or(DataError::NotFound("tenant"))?;
    let terms = Terms::read(&limits, lacks.iter().map(String::as_str));
    Ok(Arc::new(Plan { slug, name, terms, generation }))
}
