//! Figures computed from raw rows, in SQL and by PostgreSQL's own calendar: an independent witness against the
//! maintained ones, and their repair.

use sea_orm::FromQueryResult;

use crate::error::DataError;
use crate::feed::{self, NewEvent};
use crate::scope::Scope;
use domain::feed::EventKind;

/// A bucket in which the maintained figures differ from the raw rows.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, serde::Serialize)]
pub struct Difference {
    /// `day`, `hour`, `product` or `week`.
    pub rollup: String,
    /// Store, bucket and currency.
    pub bucket: String,
    /// What is maintained; empty when there is no row.
    pub maintained: String,
    /// What the raw rows say; empty when there should be no row.
    pub recounted: String,
}

/// All buckets that differ, up to 1,000. Those of archived quarters are left out.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn verify(scope: &Scope) -> Result<Vec<Difference>, DataError> {
    let tx = scope.begin().await?;
    let mut found = Vec::new();
    for Rollup { name, table, key, values, recount, live } in rollups("", "", "") {
        let zero = format!("({})", vec!["0"; values.split(',').count()].join(","));
        let sql = format!(
            "with truth as ({recount}), t as (select ({key})::text k, ({values})::text v from truth where {live}), \
             m as (select ({key})::text k, ({values})::text v from {table} where tenant_id = $1 and {live}) \
             select '{name}' rollup, coalesce(t.k, m.k) bucket, coalesce(m.v, '') maintained, coalesce(t.v, '') recounted \
             from t full join m on m.k = t.k where coalesce(t.v, '{zero}') <> coalesce(m.v, '{zero}') limit 1000"
        );
        found.extend(tx.all::<Difference>(&sql, []).await?);
    }
    tx.commit().await?;
    Ok(found)
}

/// Replaces all maintained figures of the tenant by recounted ones, those of archived quarters excepted; how many buckets there are now. Writers wait meanwhile.
///
/// # Errors
/// When PostgreSQL fails; then nothing changed.
pub async fn rebuild(scope: &Scope) -> Result<u64, DataError> {
    let tx = scope.begin().await?;
    let event = NewEvent { kind: EventKind::FiguresRebuilt, store: None, data: serde_json::json!({}) };
    feed::append(&tx, vec![event]).await?;
    let mut rows = 0;
    for Rollup { table, key, values, recount, live, .. } in rollups("", "", "") {
        tx.run(&format!("delete from {table} where tenant_id = $1 and {live}"), []).await?;
        let sql = format!(
            "insert into {table} (tenant_id, {key}, {values}) select $1, {key}, {values} from ({recount}) r where {live}"
        );
        rows += tx.run(&sql, []).await?;
    }
    crate::audit::note(&tx, "rollups.rebuild", "figures", serde_json::json!({"buckets": rows})).await?;
    tx.commit().await?;
    Ok(rows)
}

const VALUES: &str =
    "orders, cancelled, return_orders, refunds, items, gross, discounts, returned, refunded, shipping, tax, fees";

const PRODUCT_VALUES: &str = "quantity, gross";

pub(super) struct Rollup {
    pub name: &'static str,
    pub table: &'static str,
    pub key: &'static str,
    pub values: &'static str,
    pub recount: String,
    pub live: &'static str,
}

// Buckets of archived quarters have no rows to be recounted from: what is maintained is all there is. A local day is a
// day of UTC or one beside it.
const LIVE_DAY: &str = "not exists (select from archived_quarters a where day between \
    (a.begins at time zone 'UTC')::date - 1 and (a.ends at time zone 'UTC')::date)";
const LIVE_HOUR: &str =
    "not exists (select from archived_quarters a where hour < a.ends and hour + interval '1 hour' > a.begins)";

// `orders` and `refunds` narrow the raw rows: `and ...`, about `o`, and about `f` with `c`, the instant at which it counts.
// Weeks are the sums of days that were recounted before them, those of archived quarters too; `days_of_weeks` narrows these.
pub(super) fn rollups(orders: &str, refunds: &str, days_of_weeks: &str) -> [Rollup; 4] {
    let days = facts("day", &day("o.placed_at"), &day("c.counts_at"), (orders, refunds));
    let hours = facts("hour", &hour("o.placed_at"), &hour("c.counts_at"), (orders, refunds));
    let products = products(&day("o.placed_at"), orders);
    [
        Rollup {
            name: "day",
            table: "rollup_days",
            key: "store_id, day, currency",
            values: VALUES,
            recount: days,
            live: LIVE_DAY,
        },
        Rollup {
            name: "hour",
            table: "rollup_hours",
            key: "store_id, hour, currency",
            values: VALUES,
            recount: hours,
            live: LIVE_HOUR,
        },
        Rollup {
            name: "product",
            table: "rollup_products",
            key: "store_id, day, product_id, currency",
            values: PRODUCT_VALUES,
            recount: products,
            live: LIVE_DAY,
        },
        Rollup {
            name: "week",
            table: "rollup_product_weeks",
            key: "store_id, week, product_id, currency",
            values: PRODUCT_VALUES,
            recount: weeks(days_of_weeks),
            live: "true",
        },
    ]
}

/// Refunds `f` of a tenant with their stores `s`, and `c.counts_at`, the instant at which each counts.
pub(super) const COUNTED_REFUNDS: &str = "refunds f join stores s on s.tenant_id = $1 and s.id = f.store_id \
    cross join lateral (select case s.returns_on when 'order' then f.order_placed_at else f.at end as counts_at) c where f.tenant_id = $1";

/// The day of the instant `at`, on the clock of the store `s`.
pub(super) fn day(at: &str) -> String {
    format!("({at} at time zone s.time_zone)::date")
}

/// The instant at which the hour of `at` began, on the clock of the store `s`.
pub(super) fn hour(at: &str) -> String {
    format!("{at} - (({at} at time zone s.time_zone) - date_trunc('hour', {at} at time zone s.time_zone))")
}

// Every figure said once more, from the lines: nothing here reads a sum that Stoa keeps on the order.
fn facts(bucket: &str, of_order: &str, of_refund: &str, (orders, refunds): (&str, &str)) -> String {
    format!(
        "select store_id, {bucket}, currency, sum(orders)::bigint orders, sum(cancelled)::bigint cancelled, sum(return_orders)::bigint return_orders, \
           sum(refunds)::bigint refunds, sum(items)::bigint items, sum(gross)::bigint gross, sum(discounts)::bigint discounts, \
           sum(returned)::bigint returned, sum(refunded)::bigint refunded, sum(shipping)::bigint shipping, sum(tax)::bigint tax, sum(fees)::bigint fees \
         from ( \
           select o.store_id, {of_order} as {bucket}, o.currency, \
             (o.kind = 'sale' and o.status <> 'cancelled')::int orders, (o.status = 'cancelled')::int cancelled, (o.kind = 'return')::int return_orders, 0 refunds, \
             case when o.status = 'cancelled' then 0 else l.items end items, \
             case when live.sale then l.product else 0 end gross, case when live.sale then o.discounts else 0 end discounts, \
             case when o.kind = 'return' then -(l.product + l.shipping + l.fee + l.discount + own.rest) else 0 end returned, 0::bigint refunded, \
             case when live.sale then o.shipping else 0 end shipping, case when live.sale then o.tax else 0 end tax, case when live.sale then l.fee else 0 end fees \
           from orders o join stores s on s.tenant_id = $1 and s.id = o.store_id \
           cross join lateral (select o.kind = 'sale' and o.status <> 'cancelled' sale) live \
           cross join lateral (select count(*) items, coalesce(sum(quantity * unit_price) filter (where i.kind = 'product'), 0) product, \
               coalesce(sum(quantity * unit_price) filter (where i.kind = 'shipping'), 0) shipping, coalesce(sum(quantity * unit_price) filter (where i.kind = 'fee'), 0) fee, \
               coalesce(-sum(abs(quantity * unit_price)) filter (where i.kind = 'discount'), 0) discount \
             from order_items i where i.tenant_id = $1 and i.placed_at = o.placed_at and i.order_id = o.id) l \
           cross join lateral (select (o.shipping - l.shipping) + o.tax - (o.discounts + l.discount) rest) own \
           where o.tenant_id = $1 {orders} \
           union all \
           select f.store_id, {of_refund}, f.currency, 0, 0, 0, 1, 0, 0, 0, 0, f.amount, 0, 0, 0 from {COUNTED_REFUNDS} {refunds}) facts \
         group by 1, 2, 3"
    )
}

fn products(of_order: &str, orders: &str) -> String {
    format!(
        "select o.store_id, {of_order} as day, v.product_id, o.currency, sum(i.quantity)::bigint quantity, sum(i.quantity * i.unit_price)::bigint gross \
         from orders o join stores s on s.tenant_id = $1 and s.id = o.store_id \
         join order_items i on i.tenant_id = $1 and i.placed_at = o.placed_at and i.order_id = o.id and i.kind = 'product' \
         join variants v on v.tenant_id = $1 and v.id = i.variant_id \
         where o.tenant_id = $1 and o.kind = 'sale' and o.status <> 'cancelled' {orders} group by 1, 2, 3, 4"
    )
}

fn weeks(days: &str) -> String {
    format!(
        "select store_id, date_trunc('week', day::timestamp)::date as week, product_id, currency, sum(quantity)::bigint quantity, sum(gross)::bigint gross \
         from rollup_products where tenant_id = $1 {days} group by 1, 2, 3, 4"
    )
}
