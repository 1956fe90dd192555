//! What tenants are allowed, as this process knows it: for what happens with every request. Remembered for an hour
//! under the generation `tiers`, which moves on with every change of a tier or of who is on it.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::TenantId;
use domain::limits::Terms;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};

use crate::cache::Generations;
use crate::cache::cached::Cached;
use crate::connect::Db;
use crate::entities::{SharedQueries, platform_generation, tenant, tier};
use crate::error::DataError;
use crate::scope::Tx;

// The generation of what tenants are allowed.
const TIERS: &str = "tiers";
const REMEMBERED: Duration = Duration::from_secs(3_600);

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
    plans: Cached<(TenantId, i64), Arc<Plan>>,
    generations: Generations<&'static str>,
}

impl Default for KnownPlans {
    fn default() -> Self {
        Self { plans: Cached::new(100_000, REMEMBERED), generations: Generations::new() }
    }
}

/// What `tenant` is allowed: as of at most half a second ago, and never behind a change of this process. Most of the time
/// no statement.
///
/// # Errors
/// [`DataError::NotFound`] when there is no such tenant; when PostgreSQL fails.
pub async fn plan(db: &Db, tenant: TenantId) -> Result<Arc<Plan>, DataError> {
    let known = &db.known().plans;
    let generation = known.generations.current(TIERS, || ask(db)).await?;
    known.plans.get(&(tenant, generation), || load(db, tenant, generation)).await
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
        self.generations.announce(TIERS, generation);
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
