//! The dashboard of one store or of all: figures of a period beside those it is compared with.

mod buckets;
mod compute;
pub(crate) mod elapsed;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::Tz;
use domain::ids::ProductId;
use domain::money::Currency;
use domain::orders::Figures;
use domain::period::{Comparison, Period};
use serde::{Deserialize, Serialize};

use crate::error::DataError;
use crate::scope::Scope;

/// What to show. The default is the last 30 days of all stores beside the 30 before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DashboardQuery {
    /// Slug of one store.
    pub store: Option<String>,
    /// The period; today and the 29 days before when not said.
    pub period: Option<Period>,
    /// With what it is compared.
    pub compare: Comparison,
}

/// Everything on the dashboard but the latest orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// The period shown.
    pub period: Period,
    /// The period it is compared with, if any.
    pub compared: Option<Period>,
    /// Whether the period ends today, so that only the same elapsed part of the other is compared.
    pub running: bool,
    /// Today in the zone of the figures.
    pub today: NaiveDate,
    /// The zone of the days: that of the store, or of the account.
    pub zone: Tz,
    /// Whether the stores shown live in different zones.
    pub mixed_zones: bool,
    /// When the figures were read.
    pub as_of: DateTime<Utc>,
    /// One part a currency, the one with the most orders first. Empty when nothing happened.
    pub currencies: Vec<CurrencyPart>,
    /// Best-selling products of the period, some of each currency: its own rank, in the order of `currencies`.
    pub top_products: Vec<TopProduct>,
}

/// The figures of one currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurrencyPart {
    /// The currency.
    pub currency: Currency,
    /// The period's figures.
    pub now: Figures,
    /// Those it is compared with.
    pub before: Option<Figures>,
    /// One bucket a day of the period (an hour, when it is a single day), in order, empty ones included.
    pub buckets: Vec<Bucket>,
    /// The buckets compared with, in order: the n-th lies under the n-th of `buckets`.
    pub buckets_before: Vec<Bucket>,
}

/// One bar of the chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// What the axis says: `3 Mar` or `14:00`.
    pub label: String,
    /// The bucket's local day.
    pub day: NaiveDate,
    /// Its figures.
    pub figures: Figures,
    /// Whether it is not over yet.
    pub running: bool,
}

/// A product and what it sold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TopProduct {
    /// Which one.
    pub product: ProductId,
    /// What its newest order calls it.
    pub title: String,
    /// Pieces sold.
    pub quantity: i64,
    /// Gross sales, minor units.
    pub gross: i64,
    /// Their currency.
    pub currency: Currency,
}

/// The dashboard, from the cache while nothing changed.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub async fn dashboard(scope: &Scope, query: &DashboardQuery) -> Result<Arc<Dashboard>, DataError> {
    let generation = scope.db().cache().generation(scope).await?;
    let computing = compute::compute(scope, query);
    scope.db().cache().get(scope, generation, &cache_name(scope, query), computing).await
}

// What the cache calls this dashboard at this time. It changes with every quarter of an hour, because days end at quarters of
// hours everywhere. The query is taken apart, so that a field that is not written is found by the compiler.
fn cache_name(scope: &Scope, DashboardQuery { store, period, compare }: &DashboardQuery) -> String {
    let slot = scope.now().timestamp().div_euclid(900);
    let period = period.map(|p| format!("{}..{}", p.from, p.to)).unwrap_or_default();
    let store = store.as_deref().unwrap_or_default();
    format!("dashboard:{slot}:{store}:{period}:{}", compare.as_str())
}
