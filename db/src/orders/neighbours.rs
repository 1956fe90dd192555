//! The orders beside one in the list of all.

use chrono::{DateTime, Utc};
use domain::ids::OrderId;
use sea_orm::FromQueryResult;

use crate::error::DataError;
use crate::scope::Scope;

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

/// The orders beside that of `placed_at` and `id`. One statement at any size. Index: the primary key.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn neighbours(scope: &Scope, placed_at: DateTime<Utc>, id: OrderId) -> Result<Neighbours, DataError> {
    let tx = scope.begin().await?;
    let only: Option<Vec<uuid::Uuid>> = scope.stores().only().map(|stores| stores.iter().map(|s| s.0).collect());
    let rows: Vec<Row> = tx.all(SQL, [placed_at.into(), id.0.into(), only.into()]).await?;
    tx.commit().await?;
    let find = |newer: bool| {
        let row = rows.iter().find(|row| row.newer == newer);
        row.map(|row| OrderName { store: row.store.clone(), number: row.number.clone() })
    };
    Ok(Neighbours { newer: find(true), older: find(false) })
}

/// How PostgreSQL finds them, for the test of the plan.
///
/// # Errors
/// When PostgreSQL fails.
#[cfg(feature = "testing")]
pub async fn explain(scope: &Scope, placed_at: DateTime<Utc>, id: OrderId) -> Result<String, DataError> {
    #[derive(FromQueryResult)]
    struct Line {
        #[sea_orm(from_alias = "QUERY PLAN")]
        line: String,
    }
    let tx = scope.begin().await?;
    let sql = format!("explain (analyze, costs off, timing off) {SQL}");
    let lines: Vec<Line> =
        tx.all(&sql, [placed_at.into(), id.0.into(), Option::<Vec<uuid::Uuid>>::None.into()]).await?;
    tx.commit().await?;
    Ok(lines.into_iter().map(|l| l.line + "\n").collect())
}

// The bound on the time alone tells the planner which quarters can hold them.
const SQL: &str = "select n.newer, s.slug store, n.number from ( \
       (select true newer, o.store_id, o.number from orders o where o.tenant_id = $1 and o.placed_at >= $2 \
          and (o.placed_at, o.id) > ($2, $3) and ($4::uuid[] is null or o.store_id = any($4)) order by o.placed_at, o.id limit 1) \
       union all \
       (select false, o.store_id, o.number from orders o where o.tenant_id = $1 and o.placed_at <= $2 \
          and (o.placed_at, o.id) < ($2, $3) and ($4::uuid[] is null or o.store_id = any($4)) order by o.placed_at desc, o.id desc limit 1)) n \
     join stores s on s.tenant_id = $1 and s.id = n.store_id";
