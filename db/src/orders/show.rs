//! One order with everything about it.

use chrono::{DateTime, Utc};
use domain::ids::OrderId;
use sea_orm::{FromQueryResult, Value};
use serde_json::Value as Json;
use std::str::FromStr;
use uuid::Uuid;

use super::record::{CUSTOMER, OrderRecord};
use super::rows::{ItemRow, OrderDetail, OrderRow, RefundRow, TimelineRow};
use crate::error::DataError;
use crate::scope::{Scope, Tx};
use crate::stores::{self, Store};

/// The order `number` of the store called `store`. Five statements at any size.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has none.
pub async fn by_number(scope: &Scope, store: &str, number: &str) -> Result<OrderDetail, DataError> {
    let tx = scope.begin().await?;
    let stores = stores::list(&tx).await?;
    let id = stores.iter().find(|s| s.slug == store).ok_or(DataError::NotFound("order"))?.id.0;
    let detail = detail(&tx, &stores, "r.store_id = $2 and r.number = $3", vec![id.into(), number.into()]).await?;
    tx.end();
    Ok(detail)
}

/// The order with this id. Five statements at any size.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has none.
pub async fn by_id(scope: &Scope, id: OrderId) -> Result<OrderDetail, DataError> {
    let tx = scope.begin().await?;
    let stores = stores::list(&tx).await?;
    let detail = detail(&tx, &stores, "r.order_id = $2", vec![id.0.into()]).await?;
    tx.end();
    Ok(detail)
}

/// An order with its money.
#[derive(FromQueryResult)]
pub(super) struct DetailRecord {
    #[sea_orm(nested)]
    pub order: OrderRecord,
    pub gross: i64,
    pub discounts: i64,
    pub shipping: i64,
    pub tax: i64,
    pub fees: i64,
    pub note: Option<String>,
    pub tags: Vec<String>,
}

/// A line as a row has it.
#[derive(FromQueryResult)]
pub(super) struct ItemRecord {
    position: i32,
    sku: Option<String>,
    title: String,
    kind: String,
    quantity: i64,
    unit_price: i64,
    amount: i64,
    refunded_quantity: i64,
}

#[derive(FromQueryResult)]
struct RefundRecord {
    id: Uuid,
    at: DateTime<Utc>,
    amount: i64,
    reason: String,
}

#[derive(FromQueryResult)]
struct TimelineRecord {
    at: DateTime<Utc>,
    kind: String,
    actor: String,
    details: Json,
    email: Option<String>,
}

async fn detail(tx: &Tx, stores: &[Store], which: &str, key: Vec<Value>) -> Result<OrderDetail, DataError> {
    let sql = format!(
        "select {}, {CUSTOMER} \
         from order_refs r join orders o on o.tenant_id = r.tenant_id and o.placed_at = r.placed_at and o.id = r.order_id \
         where r.tenant_id = $1 and {which}",
        super::list::WITH_MONEY
    );
    let found: Option<DetailRecord> = tx.one(&sql, key.clone()).await?;
    let Some(record) = found else { return Err(super::absent::why(tx, stores, which, key).await) };
    let store = stores.iter().find(|s| s.id == record.order.store_id()).ok_or(DataError::NotFound("order"))?;
    let order = record.order.row(stores);
    Ok(OrderDetail {
        items: items(tx, &order).await?,
        refunds: refunds(tx, &order).await?,
        timeline: timeline(tx, &order).await?,
        zone: store.zone,
        store_name: store.name.clone(),
        order,
        gross: record.gross,
        discounts: record.discounts,
        shipping: record.shipping,
        tax: record.tax,
        fees: record.fees,
        note: record.note,
        tags: record.tags,
    })
}

async fn items(tx: &Tx, order: &OrderRow) -> Result<Vec<ItemRow>, DataError> {
    let sql = "select position, sku, title, kind, quantity, unit_price, amount, refunded_quantity from order_items \
               where tenant_id = $1 and placed_at = $2 and order_id = $3 order by position";
    let rows: Vec<ItemRecord> = tx.all(sql, [order.placed_at.into(), order.id.0.into()]).await?;
    rows.into_iter().map(ItemRecord::row).collect()
}

async fn refunds(tx: &Tx, order: &OrderRow) -> Result<Vec<RefundRow>, DataError> {
    let sql = "select id, at, amount, reason from refunds where tenant_id = $1 and order_placed_at = $2 and order_id = $3 order by at, id";
    let rows: Vec<RefundRecord> = tx.all(sql, [order.placed_at.into(), order.id.0.into()]).await?;
    let row = |r: RefundRecord| RefundRow {
        id: r.id.into(),
        at: r.at,
        amount: r.amount,
        reason: r.reason,
        number: order.number.clone(),
        store: order.store.clone(),
        currency: order.currency,
    };
    Ok(rows.into_iter().map(row).collect())
}

async fn timeline(tx: &Tx, order: &OrderRow) -> Result<Vec<TimelineRow>, DataError> {
    let sql = "select t.at, t.kind, t.actor, t.details, u.email from order_timeline t left join users u on u.id = case when t.actor like 'user:%' then substr(t.actor, 6)::uuid end \
               where t.tenant_id = $1 and t.order_placed_at = $2 and t.order_id = $3 order by t.at desc, t.id desc limit 200";
    let rows: Vec<TimelineRecord> = tx.all(sql, [order.placed_at.into(), order.id.0.into()]).await?;
    let row =
        |r: TimelineRecord| TimelineRow { at: r.at, kind: r.kind, actor: who(&r.actor, r.email), details: r.details };
    Ok(rows.into_iter().map(row).collect())
}

fn who(actor: &str, email: Option<String>) -> String {
    match actor.split_once(':').map_or(actor, |(kind, _)| kind) {
        "user" => email.unwrap_or_else(|| "a deleted user".into()),
        "key" => "API key".into(),
        "command" => "Command line".into(),
        _ => "Background job".into(),
    }
}

impl ItemRecord {
    /// The row for callers.
    pub(super) fn row(self) -> Result<ItemRow, DataError> {
        Ok(ItemRow {
            position: self.position,
            sku: self.sku,
            title: self.title,
            kind: known("kind", &self.kind)?,
            quantity: self.quantity,
            unit_price: self.unit_price,
            amount: self.amount,
            refunded_quantity: self.refunded_quantity,
        })
    }
}

/// A word of a column as its type.
pub(super) fn known<T: FromStr>(column: &str, text: &str) -> Result<T, DataError> {
    text.parse().map_err(|_| DataError::Corrupt(format!("{column} is '{text}'")))
}
