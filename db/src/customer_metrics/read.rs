//! Metrics as people ask for them.

use chrono::{DateTime, NaiveDate, Utc};
use domain::customers::{Scores, Segment};
use domain::ids::{CustomerId, StoreId};
use domain::money::Currency;
use domain::orders::Figures;
use sea_orm::FromQueryResult;
use uuid::Uuid;

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

#[derive(FromQueryResult)]
struct Row {
    store_id: Uuid,
    orders: i64,
    first_at: DateTime<Utc>,
    last_at: DateTime<Utc>,
    last_day: NaiveDate,
    recency: Option<i16>,
    frequency: Option<i16>,
    monetary: Option<i16>,
    segment: Option<String>,
}

#[derive(FromQueryResult)]
struct MoneyRow {
    currency: String,
    orders: i64,
    net: i64,
}

#[derive(FromQueryResult)]
struct SegmentRow {
    segment: String,
    customers: i64,
}

/// What is known of a customer; `None` without a standing sale, or before the first night. Three statements.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn of_customer(scope: &Scope, id: CustomerId) -> Result<Option<CustomerMetrics>, DataError> {
    let tx = scope.begin().await?;
    let stores = stores::list(&tx).await?;
    let sql = "select store_id, orders, first_at, last_at, last_day, recency, frequency, monetary, segment \
               from customer_metrics where tenant_id = $1 and customer_id = $2";
    let row: Option<Row> = tx.one(sql, [id.0.into()]).await?;
    let Some(row) = row else { return Ok(None) };
    // A key that is confined to another store does not see this one's customers.
    let Some(store) = stores.iter().find(|s| s.id.0 == row.store_id) else { return Ok(None) };
    let sql = "select currency, orders, net from customer_money where tenant_id = $1 and customer_id = $2 order by orders desc, currency";
    let money: Vec<MoneyRow> = tx.all(sql, [id.0.into()]).await?;
    tx.commit().await?;
    let part = |m: MoneyRow| Ok(MoneySpent { currency: rollups::currency(&m.currency)?, orders: m.orders, net: m.net });
    Ok(Some(CustomerMetrics {
        store: store.id,
        orders: row.orders,
        first_at: row.first_at,
        last_at: row.last_at,
        days_since: (store.today(scope) - row.last_day).num_days().max(0),
        money: money.into_iter().map(part).collect::<Result<_, DataError>>()?,
        scores: row.scores(),
        segment: row.segment.as_deref().map(segment).transpose()?,
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
    let sql = "select segment, count(*) customers from customer_metrics where tenant_id = $1 and store_id = $2 and segment is not null group by segment";
    let rows: Vec<SegmentRow> = tx.all(sql, [store.id.0.into()]).await?;
    tx.commit().await?;
    let found: Vec<(Segment, i64)> =
        rows.into_iter().map(|row| Ok((segment(&row.segment)?, row.customers))).collect::<Result<_, DataError>>()?;
    let count = |wanted: Segment| found.iter().find(|(s, _)| *s == wanted).map_or(0, |(_, n)| *n);
    Ok(Segment::ALL.into_iter().map(|segment| (segment, count(segment))).collect())
}

fn segment(text: &str) -> Result<Segment, DataError> {
    text.parse().map_err(|_| DataError::Corrupt(format!("customer_metrics.segment is '{text}'")))
}

impl Row {
    fn scores(&self) -> Option<Scores> {
        let fifth = |n: Option<i16>| n.and_then(|n| u8::try_from(n).ok());
        Some(Scores {
            recency: fifth(self.recency)?,
            frequency: fifth(self.frequency)?,
            monetary: fifth(self.monetary)?,
        })
    }
}
