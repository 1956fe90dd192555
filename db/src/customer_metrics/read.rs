//! Metrics as people ask for them.

use chrono::{DateTime, Utc};
use domain::customers::{Scores, Segment};
use domain::ids::{CustomerId, StoreId};
use domain::money::Currency;
use domain::orders::Figures;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entities::text::Text;
use crate::entities::{TenantQueries, customer_metric, customer_money};
use crate::error::DataError;
use crate::rollups;
use crate::scope::Scope;
use crate::stores;

/// A customer with at least one standing sale, as of the last night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerMetrics {
    /// The store.
    pub store: StoreId,
    /// Sales not cancelled.
    pub orders: i64,
    /// When the first of them was placed.
    pub first_at: DateTime<Utc>,
    /// When the last of them was placed.
    pub last_at: DateTime<Utc>,
    /// Days since the last one, by the store's calendar, as of today.
    pub days_since: i64,
    /// What was bought, one part a currency, the one with the most orders first.
    pub money: Vec<MoneySpent>,
    /// How the customer compares with the others of the store, once that was computed.
    pub scores: Option<Scores>,
    /// The segment, once that was computed.
    pub segment: Option<Segment>,
}

/// What a customer bought in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoneySpent {
    /// The currency.
    pub currency: Currency,
    /// Sales not cancelled.
    pub orders: i64,
    /// Net sales, minor units.
    pub net: i64,
}

impl MoneySpent {
    /// Net sales an order, as everywhere; none without orders.
    pub fn average_order(&self) -> Option<i64> {
        Figures { orders: self.orders, gross: self.net, ..Figures::default() }.average_order()
    }
}

/// What is known of a customer; `None` without a standing sale, or before the first night. Three statements.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn of_customer(scope: &Scope, id: CustomerId) -> Result<Option<CustomerMetrics>, DataError> {
    let tx = scope.begin().await?;
    let stores = stores::list(&tx).await?;
    let row = tx.find::<customer_metric::Entity>().filter(customer_metric::Column::CustomerId.eq(id.0));
    let Some(row) = row.one(tx.conn()).await? else { return Ok(None) };
    // A key that is confined to another store does not see this one's customers.
    let Some(store) = stores.iter().find(|s| s.id.0 == row.store_id) else { return Ok(None) };
    let money = tx
        .find::<customer_money::Entity>()
        .filter(customer_money::Column::CustomerId.eq(id.0))
        .order_by_desc(customer_money::Column::Orders)
        .order_by_asc(customer_money::Column::Currency);
    let money = money.all(tx.conn()).await?;
    tx.end();
    let part = |m: customer_money::Model| {
        Ok(MoneySpent { currency: rollups::currency(&m.currency)?, orders: m.orders, net: m.net })
    };
    Ok(Some(CustomerMetrics {
        store: store.id,
        orders: row.orders,
        first_at: row.first_at,
        last_at: row.last_at,
        days_since: (store.today(scope) - row.last_day).num_days().max(0),
        money: money.into_iter().map(part).collect::<Result<_, DataError>>()?,
        scores: scores(&row),
        segment: row.segment.map(|segment| *segment),
    }))
}

/// How many customers of a store are in each segment, best first, those without customers included.
/// Index: `customer_metrics_store`.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub async fn segments(scope: &Scope, store: &str) -> Result<Vec<(Segment, i64)>, DataError> {
    let tx = scope.begin().await?;
    let store = stores::by_slug(&tx, store).await?;
    let counts = tx
        .find::<customer_metric::Entity>()
        .filter(customer_metric::Column::StoreId.eq(store.id.0))
        .filter(customer_metric::Column::Segment.is_not_null())
        .group_by(customer_metric::Column::Segment);
    let counts = counts
        .select_only()
        .column(customer_metric::Column::Segment)
        .column_as(customer_metric::Column::CustomerId.count(), "customers");
    let found: Vec<(Text<Segment>, i64)> = counts.into_tuple().all(tx.conn()).await?;
    tx.end();
    let count = |wanted: Segment| found.iter().find(|(s, _)| **s == wanted).map_or(0, |(_, n)| *n);
    Ok(Segment::ALL.into_iter().map(|segment| (segment, count(segment))).collect())
}

fn scores(row: &customer_metric::Model) -> Option<Scores> {
    let fifth = |n: Option<i16>| n.and_then(|n| u8::try_from(n).ok());
    Some(Scores { recency: fifth(row.recency)?, frequency: fifth(row.frequency)?, monetary: fifth(row.monetary)? })
}
