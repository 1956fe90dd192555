//! One page of orders.

use std::collections::HashMap;

use domain::orders::OrderQuery;
use domain::page::{Direction, Page};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::filter::{Filter, stores_of};
use super::record::{COLUMNS, CUSTOMER, OrderRecord};
use super::rows::{FullOrder, ItemRow, OrderRow};
use super::search::{self, Cut};
use super::show::{DetailRecord, ItemRecord};
use crate::error::DataError;
use crate::scope::{Scope, Tx};
use crate::stores::Store;

/// What [`with_items`] reads of an order.
pub(super) const WITH_MONEY: &str = "o.id, o.store_id, o.number, o.kind, o.status, o.payment_status, o.fulfilment_status, o.placed_at, \
    o.local_day, o.currency, o.item_count, o.total, o.refunded, o.customer_id, \
    o.gross, o.discounts, o.shipping, o.tax, o.fees, o.note, o.tags";

/// One page. One statement, one more for a search, whatever the number of rows.
/// Indexes: the primary key for all stores, `orders_store` for one.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub async fn list(scope: &Scope, query: &OrderQuery) -> Result<Page<OrderRow>, DataError> {
    let tx = scope.begin().await?;
    let (found, stores): (Vec<OrderRecord>, _) = records(&tx, query, COLUMNS).await?;
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
    let (found, stores): (Vec<DetailRecord>, _) = records(&tx, query, WITH_MONEY).await?;
    let rows: Vec<FullOrder> = found.into_iter().map(|record| full(record, &stores)).collect();
    let key = |row: &FullOrder| (row.order.placed_at, row.order.id.0);
    let mut page = Page::cut_sorted(rows, query.sort, query.limit, query.cursor.as_deref(), key);
    let mut items = items_of(&tx, &page.rows).await?;
    tx.end();
    for row in &mut page.rows {
        row.items = items.remove(&row.order.id.0).unwrap_or_default();
    }
    Ok(page)
}

/// How PostgreSQL reads one page, for the tests of its plan.
///
/// # Errors
/// As [`list`].
#[cfg(feature = "testing")]
pub async fn explain(tx: &Tx, query: &OrderQuery) -> Result<String, DataError> {
    let stores = stores_of(tx, query.store.as_deref()).await?;
    let (sql, values) = build(tx, query, &stores, COLUMNS).await?;
    tx.explain(&sql, values).await
}

async fn records<R: FromQueryResult>(
    tx: &Tx,
    query: &OrderQuery,
    columns: &str,
) -> Result<(Vec<R>, Vec<Store>), DataError> {
    let stores = stores_of(tx, query.store.as_deref()).await?;
    let (sql, values) = build(tx, query, &stores, columns).await?;
    Ok((tx.all(&sql, values).await?, stores))
}

fn full(record: DetailRecord, stores: &[Store]) -> FullOrder {
    FullOrder {
        order: record.order.row(stores),
        gross: record.gross,
        discounts: record.discounts,
        shipping: record.shipping,
        tax: record.tax,
        fees: record.fees,
        note: record.note,
        tags: record.tags,
        items: Vec::new(),
    }
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
    let sql = search::meanings(tx, query).await?.cut(&mut filter, &format!("{columns}, {CUSTOMER}"), cut);
    Ok((sql, filter.values))
}

#[derive(FromQueryResult)]
struct LineRecord {
    order_id: Uuid,
    #[sea_orm(nested)]
    item: ItemRecord,
}

async fn items_of(tx: &Tx, orders: &[FullOrder]) -> Result<HashMap<Uuid, Vec<ItemRow>>, DataError> {
    let days = || orders.iter().map(|order| order.order.placed_at);
    let (Some(newest), Some(oldest)) = (days().max(), days().min()) else { return Ok(HashMap::new()) };
    let sql = "select i.order_id, i.position, i.sku, i.title, i.kind, i.quantity, i.unit_price, i.amount, i.refunded_quantity \
               from unnest($2::timestamptz[], $3::uuid[]) o (placed_at, id) \
               join order_items i on i.tenant_id = $1 and i.placed_at = o.placed_at and i.order_id = o.id \
               where i.placed_at between $4 and $5 order by i.order_id, i.position";
    let times: Vec<_> = orders.iter().map(|o| o.order.placed_at).collect();
    let ids: Vec<Uuid> = orders.iter().map(|o| o.order.id.0).collect();
    let lines: Vec<LineRecord> = tx.all(sql, [times.into(), ids.into(), oldest.into(), newest.into()]).await?;
    let mut items: HashMap<Uuid, Vec<ItemRow>> = HashMap::new();
    for line in lines {
        items.entry(line.order_id).or_default().push(line.item.row()?);
    }
    Ok(items)
}
