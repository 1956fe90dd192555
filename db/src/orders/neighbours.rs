//! The orders beside one in the list that it was come to from.

use chrono::{DateTime, Utc};
use domain::ids::OrderId;
use domain::orders::OrderQuery;
use domain::page::{Cursor, Direction};
use sea_orm::{FromQueryResult, Value};

use super::filter::{Filter, stores_of};
use super::search::{self, Cut};
use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// Where an order is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderName {
    /// Its store's name in addresses.
    pub store: String,
    /// Its number.
    pub number: String,
}

/// The orders beside one, in the order of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The next newer one.
    pub newer: Option<OrderName>,
    /// The next older one.
    pub older: Option<OrderName>,
}

#[derive(FromQueryResult)]
struct Row {
    newer: bool,
    store: String,
    number: String,
}

/// The orders beside that of `placed_at` and `id` in the list under `query`, wherever its page begins; newer and older by time,
/// whichever come first in it. One statement at any size, one more for a search. Indexes: those of the list.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub async fn neighbours(
    scope: &Scope,
    query: &OrderQuery,
    placed_at: DateTime<Utc>,
    id: OrderId,
) -> Result<Neighbours, DataError> {
    let tx = scope.begin().await?;
    let (sql, values) = build(&tx, query, placed_at, id).await?;
    let rows: Vec<Row> = tx.all(&sql, values).await?;
    tx.end();
    let find = |newer: bool| {
        let row = rows.iter().find(|row| row.newer == newer);
        row.map(|row| OrderName { store: row.store.clone(), number: row.number.clone() })
    };
    Ok(Neighbours { newer: find(true), older: find(false) })
}

/// How PostgreSQL finds them, for the test of the plan.
///
/// # Errors
/// As [`neighbours`].
#[cfg(feature = "testing")]
pub async fn explain(
    scope: &Scope,
    query: &OrderQuery,
    placed_at: DateTime<Utc>,
    id: OrderId,
) -> Result<String, DataError> {
    let tx = scope.begin().await?;
    let (sql, values) = build(&tx, query, placed_at, id).await?;
    let plan = tx.explain(&sql, values).await?;
    tx.end();
    Ok(plan)
}

async fn build(
    tx: &Tx,
    query: &OrderQuery,
    placed_at: DateTime<Utc>,
    id: OrderId,
) -> Result<(String, Vec<Value>), DataError> {
    let stores = stores_of(tx, query.store.as_deref()).await?;
    let meanings = search::meanings(tx, query).await?;
    let conditions = Filter::new(query, &stores);
    let mut values = conditions.values.clone();
    let mut beside = |direction, way| {
        let mut filter = Filter { values: std::mem::take(&mut values), ..conditions.clone() };
        filter.seek(Some(&Cursor { direction, at: placed_at, id: id.0 }));
        let cut = meanings.cut(&mut filter, COLUMNS, Cut::First(way, 1));
        values = filter.values;
        cut
    };
    let (newer, older) = (beside(Direction::Newer, "asc"), beside(Direction::Older, "desc"));
    // SQL: both neighbours in one statement, each by one descent of the index.
    let sql = format!(
        "select n.newer, s.slug store, n.number from ( \
           select true newer, b.store_id, b.number from ({newer}) b union all \
           select false, b.store_id, b.number from ({older}) b) n \
         join stores s on s.tenant_id = $1 and s.id = n.store_id"
    );
    Ok((sql, values))
}

const COLUMNS: &str = "o.placed_at, o.id, o.store_id, o.number";
