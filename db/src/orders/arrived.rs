//! How many orders came in that a list would show: for open pages, which hear that something came in and not what it is like.

use chrono::{DateTime, Utc};
use domain::orders::OrderQuery;
use sea_orm::FromQueryResult;
use serde::Serialize;
use uuid::Uuid;

use super::filter::{Filter, stores_of};
use super::search::{self, Cut};
use crate::error::DataError;
use crate::scope::Scope;

/// Most events that are looked through at once.
const EVENTS: i64 = 500;
/// Most orders that are looked through at once: an import announces many with one event.
const ORDERS: i64 = 10_000;

/// What came in after an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Arrived {
    /// Orders that the list would show.
    pub count: i64,
    /// The last event that was looked at.
    pub through: i64,
    /// Whether there are events behind it.
    pub more: bool,
}

#[derive(FromQueryResult)]
struct Row {
    through: i64,
    events: i64,
    ids: Vec<Uuid>,
    times: Vec<DateTime<Utc>>,
}

/// The orders that the events after `after` brought and `query` shows. Two statements at any size, one more for a search.
/// Indexes: the primary keys of feed and orders, the unique key of `order_refs`.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub async fn arrived(scope: &Scope, query: &OrderQuery, after: i64) -> Result<Arrived, DataError> {
    let tx = scope.begin().await?;
    let stores = stores_of(&tx, query.store.as_deref()).await?;
    let found: Option<Row> = tx.one(&candidates(), [after.into()]).await?;
    let Some(found) = found.filter(|found| found.events > 0) else {
        tx.end();
        return Ok(Arrived { count: 0, through: after, more: false });
    };
    let mut filter = Filter::new(query, &stores);
    let (ids, times) = (filter.bind(found.ids), filter.bind(found.times));
    filter.add(&format!("o.id = any({ids}) and o.placed_at = any({times})"));
    let cut = search::meanings(&tx, query).await?.cut(&mut filter, "o.id, o.placed_at", Cut::Any(ORDERS));
    // SQL: it counts what the cut of the order list finds.
    let count: Option<i64> = tx.scalar(&format!("select count(*) from ({cut}) o"), filter.values).await?;
    tx.end();
    Ok(Arrived { count: count.unwrap_or(0), through: found.through, more: found.events >= EVENTS })
}

// An import names the first and the last of the orders that it stored; what a program sent meanwhile lies between them too,
// and is told of by an event of its own.
fn candidates() -> String {
    // SQL: events are read once and joined in two ways.
    format!(
        "with e as materialized (select seq, kind, store_id, data from feed_events where tenant_id = $1 and seq > $2 order by seq limit {EVENTS}), \
           f as (select r.order_id, r.placed_at from e join order_refs r on r.tenant_id = $1 and r.order_id = (e.data ->> 'id')::uuid \
                 where e.kind = 'order.placed' \
                 union \
                 select r.order_id, r.placed_at from e join order_refs r on r.tenant_id = $1 and r.store_id = e.store_id \
                   and r.order_id between (e.data ->> 'first')::uuid and (e.data ->> 'last')::uuid \
                 where e.kind = 'import.progress' and exists ( \
                   select from order_timeline t where t.tenant_id = $1 and t.order_placed_at = r.placed_at and t.order_id = r.order_id \
                     and t.kind = 'placed' and t.details ->> 'via' = 'import') \
                 limit {ORDERS}) \
         select coalesce((select max(seq) from e), $2) through, (select count(*) from e) events, \
           array(select order_id from f order by order_id) ids, array(select placed_at from f order by order_id) times"
    )
}
