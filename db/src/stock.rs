//! Pieces on the shelf of variants that somebody counted. A level says what was there at its count; sales placed since
//! then reduce it, a cancellation puts them back. Returns do not: whether goods can be sold again is seen by who counts.

use chrono::{DateTime, Utc};
use domain::fields::FieldErrors;
use domain::ids::{StoreId, TenantId, VariantId};
use domain::orders::{ItemKind, NewOrder, OrderKind, OrderStatus};
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, Set};
use serde_json::json;
use uuid::Uuid;

use crate::catalog::Variants;
use crate::entities::{TenantQueries, stock_level, store, variant};
use crate::error::DataError;
use crate::platform::Platform;
use crate::scope::{Scope, Tx};
use crate::stores::{self, Store};

/// A level.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Level {
    /// The SKU of its variant.
    pub sku: String,
    /// The variant's title.
    pub title: String,
    /// Pieces left; below zero when more was sold than was counted.
    pub quantity: i64,
    /// At or below, somebody wants to know.
    pub threshold: i64,
    /// When it was counted.
    pub counted_at: DateTime<Utc>,
    /// Since when it is told of as low.
    pub alerted_at: Option<DateTime<Utc>>,
    /// The variant.
    pub variant_id: Uuid,
}

/// Says that `quantity` pieces of a SKU are on the shelf now.
///
/// # Errors
/// [`DataError::NotFound`] for a store or SKU that is not the tenant's; faults of the numbers.
pub async fn set(scope: &Scope, store: &str, sku: &str, quantity: i64, threshold: i64) -> Result<(), DataError> {
    let mut errors = FieldErrors::default();
    errors.add_if(quantity < 0, "quantity", "Enter 0 or more.");
    errors.add_if(threshold < 0, "threshold", "Enter 0 or more.");
    errors.into_result(())?;
    let tx = scope.begin().await?;
    let store = stores::by_slug(&tx, store).await?;
    // Orders of the tenant are stored before this count or after it, none beside it.
    crate::feed::lock(&tx).await?;
    // SQL: made of the variant that has this SKU, or changed by what the level says already.
    let sql = "insert into stock_levels as l (tenant_id, variant_id, store_id, quantity, threshold, counted_at, updated_at) \
               select $1, v.id, $2, $4, $5, $6, $6 from variants v where v.tenant_id = $1 and v.store_id = $2 and v.sku = $3 \
               on conflict (tenant_id, variant_id) do update set quantity = excluded.quantity, threshold = excluded.threshold, \
                 counted_at = excluded.counted_at, updated_at = excluded.updated_at, \
                 alerted_at = case when excluded.quantity > excluded.threshold then null else l.alerted_at end";
    let values = [store.id.0.into(), sku.into(), quantity.into(), threshold.into(), scope.now().into()];
    let before = find(&tx, &store, sku).await?;
    if tx.run(sql, values).await? == 0 {
        return Err(DataError::NotFound("SKU"));
    }
    let tracks = store::ActiveModel { tracks_stock: Set(true), ..Default::default() };
    tx.update().set(tracks).filter(store::Column::Id.eq(store.id.0)).exec(tx.conn()).await?;
    let recorded = |quantity: Option<i64>, threshold: Option<i64>| json!({"store": store.slug, "quantity": quantity, "threshold": threshold});
    let before = recorded(before.as_ref().map(|l| l.quantity), before.as_ref().map(|l| l.threshold));
    crate::audit::changed(&tx, "stock.set", sku, before, recorded(Some(quantity), Some(threshold))).await?;
    tx.commit().await
}

/// The level of a SKU, if it has one.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub async fn level(scope: &Scope, store: &str, sku: &str) -> Result<Option<Level>, DataError> {
    let tx = scope.begin().await?;
    let store = stores::by_slug(&tx, store).await?;
    let level = find(&tx, &store, sku).await?;
    tx.end();
    Ok(level)
}

async fn find(tx: &Tx, store: &Store, sku: &str) -> Result<Option<Level>, DataError> {
    let level = tx
        .find::<stock_level::Entity>()
        .find_both_related(variant::Entity)
        .filter(variant::Column::StoreId.eq(store.id.0))
        .filter(variant::Column::Sku.eq(sku));
    Ok(level.one(tx.conn()).await?.map(Level::from))
}

impl From<(stock_level::Model, variant::Model)> for Level {
    fn from((level, variant): (stock_level::Model, variant::Model)) -> Self {
        Self {
            sku: variant.sku,
            title: variant.title,
            quantity: level.quantity,
            threshold: level.threshold,
            counted_at: level.counted_at,
            alerted_at: level.alerted_at,
            variant_id: level.variant_id,
        }
    }
}

/// Takes what `orders` sold off the shelf. One statement, and only for a store that keeps levels. The caller holds the
/// feed's head: so levels may be locked in any order.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn sell<'a>(
    tx: &Tx,
    orders: impl Iterator<Item = &'a NewOrder>,
    variants: &Variants,
) -> Result<(), DataError> {
    let mut sold: Vec<(Uuid, DateTime<Utc>, i64)> = Vec::new();
    let stands = |order: &&NewOrder| order.standing().status != OrderStatus::Cancelled;
    for order in orders.filter(|o| o.kind() == OrderKind::Sale).filter(stands) {
        for item in order.items().iter().filter(|i| i.kind == ItemKind::Product) {
            sold.extend(variants.of(item).map(|v| (v.id.0, order.placed_at(), item.quantity)));
        }
    }
    if sold.is_empty() {
        return Ok(());
    }
    // SQL: any number of variants, each by what was sold of it since it was counted.
    let sql = "update stock_levels l set quantity = l.quantity - s.quantity, updated_at = $5 from ( \
                 select k.variant_id, sum(w.quantity)::bigint quantity from unnest($2::uuid[], $3::timestamptz[], $4::bigint[]) w (variant_id, placed_at, quantity) \
                 join stock_levels k on k.tenant_id = $1 and k.variant_id = w.variant_id and w.placed_at >= k.counted_at group by k.variant_id) s \
               where l.tenant_id = $1 and l.variant_id = s.variant_id";
    let values = [
        sold.iter().map(|s| s.0).collect::<Vec<_>>().into(),
        sold.iter().map(|s| s.1).collect::<Vec<_>>().into(),
        sold.iter().map(|s| s.2).collect::<Vec<_>>().into(),
        tx.scope().now().into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// Puts pieces of a sale back on the shelf, by position and quantity. One statement; levels may be locked in any order as the
/// order itself is locked.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn put_back(
    tx: &Tx,
    placed_at: DateTime<Utc>,
    order: Uuid,
    pieces: &[(i32, i64)],
) -> Result<(), DataError> {
    let (positions, quantities): (Vec<i32>, Vec<i64>) = pieces.iter().copied().unzip();
    // SQL: any number of variants, each by the order's lines.
    let sql = "update stock_levels l set quantity = l.quantity + s.quantity, updated_at = $4, \
                 alerted_at = case when l.quantity + s.quantity > l.threshold then null else l.alerted_at end \
               from (select i.variant_id, sum(w.quantity)::bigint quantity from order_items i \
                 join unnest($5::int[], $6::bigint[]) w (position, quantity) on w.position = i.position \
                 where i.tenant_id = $1 and i.placed_at = $2 and i.order_id = $3 and i.kind = 'product' and i.variant_id is not null group by i.variant_id) s \
               where l.tenant_id = $1 and l.variant_id = s.variant_id and l.counted_at <= $2";
    let values = [placed_at.into(), order.into(), tx.scope().now().into(), positions.into(), quantities.into()];
    tx.run(sql, values).await.map(drop)
}

/// What is low, for [`stores_running_low`].
// SQL: of all tenants at once, by an index on what is low; its plan is tested.
pub(crate) const LOW: &str = "select distinct l.tenant_id, l.store_id from stock_levels l join tenants t on t.id = l.tenant_id and t.suspended_at is null \
    join settings s on s.tenant_id = l.tenant_id and s.store_id = l.store_id and s.name = $2 \
    where l.quantity <= l.threshold and l.alerted_at is null order by 1, 2 limit $1";

#[derive(FromQueryResult)]
struct StoreRow {
    tenant_id: Uuid,
    store_id: Uuid,
}

/// Stores of all tenants with a level that is low and was not told of, up to `limit`. Index: `stock_levels_low`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn stores_running_low(platform: &Platform, limit: u64) -> Result<Vec<(TenantId, StoreId)>, DataError> {
    let name = domain::settings::Setting::StockAlerts.as_str();
    let tx = platform.begin().await?;
    let rows: Vec<StoreRow> = tx.all(LOW, [i64::try_from(limit).unwrap_or(i64::MAX).into(), name.into()]).await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(|row| (row.tenant_id.into(), row.store_id.into())).collect())
}

/// The levels of a store that are low and were not told of, up to `limit`; from here on they count as told of, until
/// they rise above their threshold again.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn take_low(tx: &Tx, store: StoreId, limit: u64) -> Result<Vec<Level>, DataError> {
    // Rows that an order holds just now are left for the next time: nobody waits here.
    // SQL: found, locked and marked in one statement.
    let sql = "with low as (select l.variant_id from stock_levels l where l.tenant_id = $1 and l.store_id = $2 \
                 and l.quantity <= l.threshold and l.alerted_at is null order by l.variant_id limit $3 for update skip locked) \
               update stock_levels l set alerted_at = $4 from low, variants v \
               where l.tenant_id = $1 and l.variant_id = low.variant_id and v.tenant_id = $1 and v.id = l.variant_id \
               returning v.sku, v.title, l.quantity, l.threshold, l.counted_at, l.alerted_at, l.variant_id";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut levels: Vec<Level> = tx.all(sql, [store.0.into(), limit.into(), tx.scope().now().into()]).await?;
    levels.sort_by(|a, b| a.sku.cmp(&b.sku));
    Ok(levels)
}

impl Level {
    /// The variant.
    pub fn variant(&self) -> VariantId {
        self.variant_id.into()
    }
}
