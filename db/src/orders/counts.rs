//! How many orders each of the usual questions to the list finds. What the rollups know is exact at any number; the
//! rest is counted row by row, as far as that stays cheap.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::money::Currency;
use domain::orders::Figures;
use sea_orm::{FromQueryResult, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::filter::stores_of;
use super::summary::COUNTED;
use crate::error::DataError;
use crate::rollups;
use crate::scope::{Scope, Tx};

/// A number of orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// How many were counted.
    pub number: i64,
    /// Whether there are more.
    pub more: bool,
}

/// The numbers beside the usual questions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewCounts {
    /// All orders, cancelled ones and returns included.
    pub all: Count,
    /// Open sales that are to be fulfilled, wholly or in part.
    pub to_fulfil: Count,
    /// Open sales that are to be paid.
    pub unpaid: Count,
    /// Open sales of which a part was given back.
    pub partly_refunded: Count,
    /// Return orders.
    pub returns: Count,
    /// Cancelled orders.
    pub cancelled: Count,
}

/// Counts the orders of one store, or of all. Three statements at any size. Indexes: the primary key of
/// `rollup_days`, `orders_partly_refunded`, `orders_to_fulfil`, `orders_unpaid`.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub async fn views(scope: &Scope, store: Option<&str>) -> Result<ViewCounts, DataError> {
    let tx = scope.begin().await?;
    let stores: Vec<Uuid> = stores_of(&tx, store).await?.iter().map(|s| s.id.0).collect();
    let totals = rollups::totals(&tx, &stores, None, None).await?;
    let [to_fulfil, unpaid, partly_refunded] = open_sales(&tx, &stores).await?;
    tx.commit().await?;
    Ok(ViewCounts { to_fulfil, unpaid, partly_refunded, ..kept(&totals) })
}

/// Most sales that wait too long which are counted: nobody asks how many thousands they are.
pub const MOST_OVERDUE: i64 = 1_000;

/// Standing sales of the stores that are to be fulfilled and lie before the local day `before`, up to
/// [`MOST_OVERDUE`]. One statement. Index: `orders_to_fulfil`.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn overdue(tx: &Tx, stores: &[Uuid], before: NaiveDate) -> Result<Count, DataError> {
    // SQL: each count stops at a limit of its own.
    let sql = format!(
        "select count(*) from (select from orders o where o.tenant_id = $1 and o.store_id = any($2) and {TO_FULFIL} \
           and o.local_day < $3 and o.placed_at < $4 limit {}) o",
        MOST_OVERDUE + 1
    );
    // The widest zone lies half a day off.
    let latest: DateTime<Utc> = before.and_time(chrono::NaiveTime::MIN).and_utc() + chrono::Duration::hours(12);
    let number: Option<i64> = tx.scalar(&sql, [stores.to_vec().into(), before.into(), latest.into()]).await?;
    Ok(Count::up_to(MOST_OVERDUE, number.unwrap_or(0)))
}

const TO_FULFIL: &str =
    "o.kind = 'sale' and o.status = 'open' and o.fulfilment_status in ('unfulfilled', 'partially_fulfilled')";
const UNPAID: &str =
    "o.kind = 'sale' and o.status = 'open' and o.payment_status in ('pending', 'authorized', 'partially_paid')";

#[derive(FromQueryResult)]
struct OpenRow {
    to_fulfil: i64,
    unpaid: i64,
    partly_refunded: i64,
}

async fn open_sales(tx: &Tx, stores: &[Uuid]) -> Result<[Count; 3], DataError> {
    let limit = COUNTED + 1;
    // The words stand in the text, so that the planner sees that the partial index holds them.
    // SQL: each count stops at a limit of its own.
    let sql = format!(
        "select (select count(*) from (select from orders o where o.tenant_id = $1 and o.store_id = any($2) and {TO_FULFIL} limit {limit}) f) to_fulfil, \
           (select count(*) from (select from orders o where o.tenant_id = $1 and o.store_id = any($2) and {UNPAID} limit {limit}) u) unpaid, \
           (select count(*) from (select from orders o where o.tenant_id = $1 and o.store_id = any($2) and o.kind = 'sale' and o.status = 'open' \
             and o.payment_status = 'partially_refunded' limit {limit}) r) partly_refunded"
    );
    let row: Option<OpenRow> = tx.one(&sql, [Value::from(stores.to_vec())]).await?;
    let row = row.unwrap_or(OpenRow { to_fulfil: 0, unpaid: 0, partly_refunded: 0 });
    Ok([row.to_fulfil, row.unpaid, row.partly_refunded].map(|number| Count::up_to(COUNTED, number)))
}

fn kept(totals: &BTreeMap<Currency, Figures>) -> ViewCounts {
    let sum = |of: fn(&Figures) -> i64| Count { number: totals.values().map(of).sum(), more: false };
    ViewCounts {
        all: sum(|f| f.orders + f.cancelled + f.return_orders),
        returns: sum(|f| f.return_orders),
        cancelled: sum(|f| f.cancelled),
        ..ViewCounts::default()
    }
}

impl Count {
    fn up_to(most: i64, number: i64) -> Self {
        Self { number: number.min(most), more: number > most }
    }
}
