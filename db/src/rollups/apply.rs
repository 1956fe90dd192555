//! Writing changes: one statement for all four tables, and for the month's orders that the tenant's tier counts.

use std::fmt::Write;

use domain::ids::{ProductId, StoreId};
use domain::limits::Limit;
use domain::money::Currency;
use domain::orders::Figures;
use sea_orm::Value;
use uuid::Uuid;

use super::deltas::Deltas;
use crate::error::DataError;
use crate::limits;
use crate::scope::Tx;

/// The columns of [`Figures`], in one order everywhere.
pub(super) const COLUMNS: [&str; 12] = [
    "orders",
    "cancelled",
    "return_orders",
    "refunds",
    "items",
    "gross",
    "discounts",
    "returned",
    "refunded",
    "shipping",
    "tax",
    "fees",
];

/// Adds `deltas` to the rollups. The feed's head must be locked by this transaction already.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn apply(tx: &Tx, deltas: &Deltas) -> Result<(), DataError> {
    let mut values: Vec<Value> = Vec::with_capacity(37);
    values.extend(bucket_columns(deltas.days.iter().map(|((store, day, currency), f)| (*store, *day, *currency, f))));
    values
        .extend(bucket_columns(deltas.hours.iter().map(|((store, hour, currency), f)| (*store, *hour, *currency, f))));
    let products = &deltas.products;
    values.push(products.keys().map(|(store, ..)| store.0).collect::<Vec<Uuid>>().into());
    values.push(products.keys().map(|(_, day, ..)| *day).collect::<Vec<_>>().into());
    values.push(
        products.keys().map(|(_, _, product, _): &(StoreId, _, ProductId, _)| product.0).collect::<Vec<Uuid>>().into(),
    );
    values.push(products.keys().map(|(.., currency)| currency.to_string()).collect::<Vec<_>>().into());
    values.push(products.values().map(|p| p.quantity).collect::<Vec<_>>().into());
    values.push(products.values().map(|p| p.gross).collect::<Vec<_>>().into());
    values.push(tx.scope().now().into());
    static SQL: std::sync::LazyLock<String> = std::sync::LazyLock::new(statement);
    tx.run(&SQL, values).await.map(drop)
}

fn bucket_columns<'a, B>(rows: impl Iterator<Item = (StoreId, B, Currency, &'a Figures)>) -> Vec<Value>
where
    Vec<B>: Into<Value>,
{
    let (mut stores, mut buckets, mut currencies) = (Vec::new(), Vec::new(), Vec::new());
    let mut figures: [Vec<i64>; COLUMNS.len()] = Default::default();
    for (store, bucket, currency, f) in rows {
        stores.push(store.0);
        buckets.push(bucket);
        currencies.push(currency.to_string());
        for (column, value) in figures.iter_mut().zip(in_columns(f)) {
            column.push(value);
        }
    }
    let mut values: Vec<Value> = vec![stores.into(), buckets.into(), currencies.into()];
    values.extend(figures.map(Value::from));
    values
}

const fn in_columns(f: &Figures) -> [i64; COLUMNS.len()] {
    [
        f.orders,
        f.cancelled,
        f.return_orders,
        f.refunds,
        f.items,
        f.gross,
        f.discounts,
        f.returned,
        f.refunded,
        f.shipping,
        f.tax,
        f.fees,
    ]
}

// SQL: five tables of sums move on by any number of changes in one statement.
fn statement() -> String {
    let days = upsert("rollup_days", "day", "date", 2);
    let hours = upsert("rollup_hours", "hour", "timestamptz", 5 + COLUMNS.len());
    let p = 8 + 2 * COLUMNS.len();
    let months = months(p + 6);
    let [weeks, products] = [("rollup_product_weeks", "week"), ("rollup_products", "day")].map(add_products);
    format!(
        "with d as ({days}), h as ({hours}), m as ({months}), \
         p (store_id, day, product_id, currency, quantity, gross) as (select * from \
           unnest(${}::uuid[], ${}::date[], ${}::uuid[], ${}::text[], ${}::bigint[], ${}::bigint[])), \
         w as ({weeks}) {products}",
        p,
        p + 1,
        p + 2,
        p + 3,
        p + 4,
        p + 5
    )
}

// From `p` above. Several days lie in one week.
// SQL: a part of the statement.
fn add_products((table, bucket): (&str, &str)) -> String {
    let rows = match bucket {
        "week" => {
            "select $1, store_id, date_trunc('week', day::timestamp)::date, product_id, currency, sum(quantity)::bigint, sum(gross)::bigint \
             from p group by 2, 3, 4, 5"
        }
        _ => "select $1, p.* from p",
    };
    format!(
        "insert into {table} as r (tenant_id, store_id, {bucket}, product_id, currency, quantity, gross) {rows} \
         on conflict (tenant_id, store_id, {bucket}, product_id, currency) \
         do update set quantity = r.quantity + excluded.quantity, gross = r.gross + excluded.gross"
    )
}

// Orders of the days' months, whatever their kind; one that is cancelled stays counted. Above what the tier allows they
// are taken in all the same, and the month says since when. `now` is the place of the present moment among the values.
// SQL: a part of the statement.
fn months(now: usize) -> String {
    let above = |orders: &str| {
        format!("case when {orders} > {} then ${now}::timestamptz end", limits::allowed(Limit::OrdersPerMonth))
    };
    format!(
        "insert into usage_months as r (tenant_id, month, orders, over_since) \
         select $1, n.month, n.orders, {} from (select date_trunc('month', u.day::timestamp)::date as month, \
           sum(u.orders + u.cancelled + u.return_orders)::bigint as orders \
           from unnest($3::date[], $5::bigint[], $6::bigint[], $7::bigint[]) u (day, orders, cancelled, return_orders) group by 1) n \
         where n.orders <> 0 on conflict (tenant_id, month) do update set orders = r.orders + excluded.orders, \
           over_since = coalesce(r.over_since, {})",
        above("n.orders"),
        above("r.orders + excluded.orders")
    )
}

// SQL: a part of the statement.
fn upsert(table: &str, bucket: &str, bucket_type: &str, first: usize) -> String {
    let columns = COLUMNS.join(", ");
    let mut arrays = format!("${first}::uuid[], ${}::{bucket_type}[], ${}::text[]", first + 1, first + 2);
    let mut sums = String::new();
    for (i, column) in COLUMNS.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(arrays, ", ${}::bigint[]", first + 3 + i);
        let _ = write!(sums, "{comma}{column} = r.{column} + excluded.{column}");
    }
    format!(
        "insert into {table} as r (tenant_id, store_id, {bucket}, currency, {columns}) select $1, u.* from unnest({arrays}) u \
         on conflict (tenant_id, store_id, {bucket}, currency) do update set {sums}"
    )
}
