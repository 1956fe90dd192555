//! What a tenant's tier allows, kept where things are made: in the transaction that makes them.
//!
//! Whoever wants one more of something first holds the tenant's row, then counts. So of many who want the last one at
//! the same moment one gets it. The tier is read with the row: a change of it counts from its commit on.

mod known;
mod usage;

pub(crate) use known::{KnownPlans, move_on};
pub use known::{Plan, plan};
pub use usage::{Usage, usage, warnings};

use domain::limits::{Feature, Limit, Reached, Terms};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};

use crate::entities::{SharedQueries, TenantQueries, tenant, tier};
use crate::error::DataError;
use crate::scope::Tx;

/// The terms of the tenant in a transaction that holds its row: nobody else makes what is limited meanwhile.
#[derive(Clone, Debug)]
pub struct Held {
    /// The name of the tier.
    pub tier: String,
    /// What it says.
    pub terms: Terms,
}

/// Holds the tenant's row until the transaction ends. Other work of the tenant goes on: only who makes something that
/// is limited waits here.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn hold(tx: &Tx) -> Result<Held, DataError> {
    let own = tx.find_shared::<tenant::Entity>().filter(tenant::Column::Id.eq(tx.tenant_filter().0));
    let mut own = own.find_both_related(tier::Entity);
    // The tier's row stays free: it is that of many tenants.
    QuerySelect::query(&mut own).lock_with_tables(LockType::NoKeyUpdate, [tenant::Entity]);
    let (_, tier) = own.one(tx.conn()).await?.ok_or(DataError::NotFound("tenant"))?;
    Ok(Held { terms: Terms::read(&tier.limits, tier.lacks.iter().map(String::as_str)), tier: tier.name })
}

/// Makes sure that one more fits into `limit`, and that nobody else takes its place before this transaction ends.
///
/// # Errors
/// [`DataError::AtLimit`] when the tier allows no more.
pub async fn claim(tx: &Tx, limit: Limit) -> Result<(), DataError> {
    claim_some(tx, limit, 1).await
}

/// The same for `more` of it.
///
/// # Errors
/// [`DataError::AtLimit`] when the tier does not allow so many.
pub async fn claim_some(tx: &Tx, limit: Limit, more: i64) -> Result<(), DataError> {
    let held = hold(tx).await?;
    let Some(allowed) = held.terms.allowed(limit) else { return Ok(()) };
    let used = usage::used(tx, limit).await?;
    if used.saturating_add(more) <= allowed {
        return Ok(());
    }
    Err(Reached { limit, tier: held.tier, allowed, used }.into())
}

/// Makes sure that the tenant's tier includes `feature`.
///
/// # Errors
/// [`DataError::Refused`] when it does not.
pub async fn needs(tx: &Tx, feature: Feature) -> Result<(), DataError> {
    let held = hold(tx).await?;
    if held.terms.has(feature) {
        return Ok(());
    }
    let words = format!("Your plan {} does not include: {}.", held.tier, feature.noun());
    Err(DataError::Refused(words))
}

/// What the tier of the tenant `$1` allows, as a part of statements; null: without end.
pub(crate) fn allowed(limit: Limit) -> String {
    // SQL: a part of statements that compare it in the moment they count.
    format!(
        "(select case when jsonb_typeof(i.limits -> '{limit}') = 'number' then (i.limits ->> '{limit}')::numeric::bigint end \
         from tenants t join tiers i on i.id = t.tier_id where t.id = $1)"
    )
}
