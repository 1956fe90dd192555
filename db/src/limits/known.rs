//! What tenants are allowed, as this process knows it: for what happens with every request. Remembered for an hour
//! under the generation `tiers`, which moves on with every change of a tier or of who is on it; the generation is asked
//! of PostgreSQL at most twice a second, by one caller for all.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::ids::TenantId;
use domain::limits::Terms;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};

use crate::connect::Db;
use crate::entities::{SharedQueries, platform_generation, tenant, tier};
use crate::error::DataError;
use crate::scope::Tx;

// The generation of what tenants are allowed.
const TIERS: &str = "tiers";
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
    // Boxed when they are needed: most of the time they are not, and every request of the API would move them about.
    let asking = async { Box::pin(ask(db)).await };
    let asked = known.asked.try_get_with((), asking).await.map_err(|e: Arc<DataError>| e.again())?;
    let generation = std::cmp::max(asked, known.made.load(Ordering::Acquire));
    let loading = async { Box::pin(load(db, tenant, generation)).await };
    known.plans.try_get_with((tenant, generation), loading).await.map_err(|e| e.again())
}

/// Moves the generation on in `tx`; after its commit, [`KnownPlans::note`] it.
pub(crate) async fn move_on(tx: &Tx) -> Result<i64, DataError> {
    let next = platform_generation::Column::Generation.into_expr().add(1);
    let update = tx
        .update_shared::<platform_generation::Entity>()
        .col_expr(platform_generation::Column::Generation, next)
        .filter(platform_generation::Column::Name.eq(TIERS));
    let moved = update.exec_with_returning(tx.conn()).await?.into_iter().next();
    moved.map(|row| row.generation).ok_or_else(|| DataError::Corrupt("platform_generations lacks 'tiers'".into()))
}

impl KnownPlans {
    /// A change of this process was committed as `generation`.
    pub(crate) fn note(&self, generation: i64) {
        self.made.fetch_max(generation, Ordering::AcqRel);
    }
}

async fn ask(db: &Db) -> Result<i64, DataError> {
    let row = db.find_shared::<platform_generation::Entity>().filter(platform_generation::Column::Name.eq(TIERS));
    let generation = row.select_only().column(platform_generation::Column::Generation).into_tuple();
    Ok(generation.one(&db.conn).await?.unwrap_or(0))
}

async fn load(db: &Db, tenant: TenantId, generation: i64) -> Result<Arc<Plan>, DataError> {
    let found = db.find_shared::<tenant::Entity>().filter(tenant::Column::Id.eq(tenant.0));
    let found = found.find_both_related(tier::Entity).one(&db.conn).await?;
    let (_, tier) = found.ok_or(DataError::NotFound("tenant"))?;
    let terms = Terms::read(&tier.limits, tier.lacks.iter().map(String::as_str));
    Ok(Arc::new(Plan { slug: tier.slug, name: tier.name, terms, generation }))
}
