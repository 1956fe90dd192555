//! One page of orders.

use domain::orders::OrderQuery;
use domain::page::{Direction, Page};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, Value};

use super::filter::{Filter, stores_of};
use super::record::{COLUMNS, CUSTOMER, OrderRecord};
use super::rows::{FullOrder, ItemRow, OrderFacts, OrderRow};
use super::search::{self, Cut};
use super::standing;
use crate::entities::{TenantQueries, order, order_item};
use crate::error::DataError;
use crate::scope::{Scope, Tx};
use crate::stores::Store;

/// What [`with_items`] reads of an order: its entity.
const WHOLE: &str = "o.*";

/// One page. One statement, one more for a search, whatever the number of rows.
/// Indexes: the primary key for all stores, `orders_store` for one.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub async fn list(scope: &Scope, query: &OrderQuery) -> Result<Page<OrderRow>, DataError> {
    let tx = scope.begin().await?;
    let stores = stores_of(&tx, query.store.as_deref()).await?;
    let (sql, values) = build(&tx, query, &stores, &listed()).await?;
    let found: Vec<OrderRecord> = tx.all(&sql, values).await?;
    tx.end();
    let rows: Vec<OrderRow> = found.into_iter().map(|record| record.row(&stores)).collect();
    Ok(Page::cut_sorted(rows, query.sort, query.limit, query.cursor.as_deref(), |row| (row.placed_at, row.id.0)))
}

/// Like [`list`], each order with its money and its lines: one statement more.
///
/// # Errors
/// As [`list`].
pub async fn with_items(scope: &Scope, query: &OrderQuery) -> Result<Page<FullOrder>, DataError> {
    let tx = scope.begin().await?;
    let stores = stores_of(&tx, query.store.as_deref()).await?;
    let (sql, values) = build(&tx, query, &stores, WHOLE).await?;
    let orders: Vec<order::Model> = tx.all(&sql, values).await?;
    let key = |order: &order::Model| (order.placed_at, order.id);
    let page = Page::cut_sorted(orders, query.sort, query.limit, query.cursor.as_deref(), key);
    let days = || page.rows.iter().map(|order| order.placed_at);
    let items = match (days().min(), days().max()) {
        (Some(oldest), Some(newest)) => {
            // The range names the partitions: the key of each order alone would make PostgreSQL plan them all.
            let items = tx.find::<order_item::Entity>().filter(order_item::Column::PlacedAt.between(oldest, newest));
            tx.load_many(&page.rows, items.order_by_asc(order_item::Column::Position)).await?
        }
        _ => Vec::new(),
    };
    tx.end();
    let Page { rows, newer, older } = page;
    let rows = rows.into_iter().zip(items).map(|(order, items)| full(order, items, &stores));
    Ok(Page { rows: rows.collect::<Result<_, _>>()?, newer, older })
}

/// How PostgreSQL reads one page, for the tests of its plan.
///
/// # Errors
/// As [`list`].
#[cfg(feature = "testing")]
pub async fn explain(tx: &Tx, query: &OrderQuery) -> Result<String, DataError> {
    let stores = stores_of(tx, query.store.as_deref()).await?;
    let (sql, values) = build(tx, query, &stores, &listed()).await?;
    tx.explain(&sql, values).await
}

// The columns that a record is read from.
fn listed() -> String {
    format!("{COLUMNS}, {CUSTOMER}")
}

fn full(order: order::Model, items: Vec<order_item::Model>, stores: &[Store]) -> Result<FullOrder, DataError> {
    let shares = standing::shares_of(&order, &items);
    Ok(FullOrder {
        gross: order.gross,
        discounts: order.discounts,
        shipping: order.shipping,
        tax: order.tax,
        fees: order.fees,
        note: order.note.clone(),
        tags: order.tags.clone(),
        facts: OrderFacts::of(&order),
        items: items.into_iter().zip(shares).map(ItemRow::of).collect(),
        order: OrderRow::of(order, stores)?,
    })
}

async fn build(
    tx: &Tx,
    query: &OrderQuery,
    stores: &[Store],
    columns: &str,
) -> Result<(String, Vec<Value>), DataError> {
    let mut filter = Filter::new(query, stores);
    filter.seek(query.cursor.as_deref());
    let newer = query.sort.reading(query.cursor.as_deref()) == Direction::Newer;
    let way = if newer { "asc" } else { "desc" };
    // Written out: with a bound limit PostgreSQL cannot see that a page is cheap, and plans each one anew.
    let cut = Cut::First(way, query.limit.plus_one());
    let sql = search::meanings(tx, query).await?.cut(&mut filter, columns, cut);
    Ok((sql, filter.values))
}
