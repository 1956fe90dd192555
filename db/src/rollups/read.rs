//! Adding rollups up.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::money::Currency;
use domain::orders::Figures;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::error::DataError;
use crate::scope::Tx;

/// Figures by currency and, within it, by something else.
pub(crate) type ByCurrency<K> = BTreeMap<Currency, BTreeMap<K, Figures>>;

/// Spans of instants `[start, end)`, one a store.
pub(crate) type Spans = Vec<(Uuid, DateTime<Utc>, DateTime<Utc>)>;

/// Sums of all figures, for a select list.
pub(crate) const SUMS: &str = "sum(orders)::bigint orders, sum(cancelled)::bigint cancelled, sum(return_orders)::bigint return_orders, \
    sum(refunds)::bigint refunds, sum(items)::bigint items, sum(gross)::bigint gross, sum(discounts)::bigint discounts, \
    sum(returned)::bigint returned, sum(refunded)::bigint refunded, sum(shipping)::bigint shipping, sum(tax)::bigint tax, sum(fees)::bigint fees";

/// What a refund `f` gives back for goods.
pub(super) const GOODS: &str = "(f.amount - f.shipping - f.tax - f.fees)";

/// Figures as a row has them.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct FiguresRow {
    orders: i64,
    cancelled: i64,
    return_orders: i64,
    refunds: i64,
    items: i64,
    gross: i64,
    discounts: i64,
    returned: i64,
    refunded: i64,
    shipping: i64,
    tax: i64,
    fees: i64,
}

#[derive(FromQueryResult)]
struct DayRow {
    day: NaiveDate,
    currency: String,
    #[sea_orm(nested)]
    figures: FiguresRow,
}

#[derive(FromQueryResult)]
struct HourRow {
    store_id: Uuid,
    hour: DateTime<Utc>,
    currency: String,
    #[sea_orm(nested)]
    figures: FiguresRow,
}

#[derive(FromQueryResult)]
struct TotalRow {
    currency: String,
    #[sea_orm(nested)]
    figures: FiguresRow,
}

/// The figures of `stores` by local day, from `from` to `to`. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn days(
    tx: &Tx,
    stores: &[Uuid],
    from: NaiveDate,
    to: NaiveDate,
) -> Result<ByCurrency<NaiveDate>, DataError> {
    // SQL: sums of twelve columns by day and currency.
    let sql = format!(
        "select day, currency, {SUMS} from rollup_days where tenant_id = $1 and store_id = any($2) and day between $3 and $4 group by day, currency"
    );
    let rows: Vec<DayRow> = tx.all(&sql, [stores.to_vec().into(), from.into(), to.into()]).await?;
    let mut days = ByCurrency::new();
    for row in rows {
        days.entry(currency(&row.currency)?).or_default().insert(row.day, row.figures.into());
    }
    Ok(days)
}

/// The figures of `stores` over all local days, or from `from` to `to` where given. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn totals(
    tx: &Tx,
    stores: &[Uuid],
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<BTreeMap<Currency, Figures>, DataError> {
    // SQL: sums of twelve columns by currency.
    let sql = format!(
        "select currency, {SUMS} from rollup_days where tenant_id = $1 and store_id = any($2) \
         and day >= coalesce($3, '-infinity'::date) and day <= coalesce($4, 'infinity'::date) group by currency"
    );
    total_rows(tx.all(&sql, [stores.to_vec().into(), from.into(), to.into()]).await?)
}

/// The figures by store and local hour within `spans`. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn hours(tx: &Tx, spans: &Spans) -> Result<ByCurrency<(Uuid, DateTime<Utc>)>, DataError> {
    // SQL: sums of twelve columns, each store within a span of its own.
    let sql = format!(
        "select h.store_id, h.hour, h.currency, {SUMS} from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) w (store_id, start, stop) \
         join rollup_hours h on h.tenant_id = $1 and h.store_id = w.store_id and h.hour >= w.start and h.hour < w.stop \
         group by h.store_id, h.hour, h.currency"
    );
    let rows: Vec<HourRow> = tx.all(&sql, span_columns(spans)).await?;
    let mut hours = ByCurrency::new();
    for row in rows {
        hours.entry(currency(&row.currency)?).or_default().insert((row.store_id, row.hour), row.figures.into());
    }
    Ok(hours)
}

/// The figures of the raw rows within `spans`, for the part of an hour that no rollup knows. One statement; spans
/// must be short.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn raw(tx: &Tx, spans: &Spans) -> Result<BTreeMap<Currency, Figures>, DataError> {
    // SQL: sums of what orders and refunds come to, computed in the statement.
    let sql = format!(
        "with w as (select * from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) w (store_id, start, stop)) \
         select currency, {SUMS} from ( \
           select o.currency, (o.kind = 'sale' and o.status <> 'cancelled')::int orders, (o.status = 'cancelled')::int cancelled, (o.kind = 'return')::int return_orders, \
             0 refunds, case when o.status <> 'cancelled' then o.item_count else 0 end items, case when live.sale then o.gross else 0 end gross, \
             case when live.sale then o.discounts else 0 end discounts, case when o.kind = 'return' then -o.total else 0 end returned, 0::bigint refunded, \
             case when live.sale then o.shipping else 0 end shipping, case when live.sale then o.tax else 0 end tax, case when live.sale then o.fees else 0 end fees \
           from w join orders o on o.tenant_id = $1 and o.store_id = w.store_id and o.placed_at >= w.start and o.placed_at < w.stop \
             cross join lateral (select o.kind = 'sale' and o.status <> 'cancelled' sale) live \
           where o.placed_at >= $5 and o.placed_at < $6 \
           union all \
           select f.currency, 0, 0, 0, 1, 0, 0, 0, 0, {GOODS}, -f.shipping, -f.tax, -f.fees from w join stores s on s.tenant_id = $1 and s.id = w.store_id \
             join refunds f on f.tenant_id = $1 and f.store_id = w.store_id and f.local_day between w.start::date - 1 and w.stop::date + 1 \
               and f.at >= w.start and f.at < w.stop and f.is_counted where s.returns_on = 'return' \
           union all \
           select f.currency, 0, 0, 0, 1, 0, 0, 0, 0, {GOODS}, -f.shipping, -f.tax, -f.fees from w join stores s on s.tenant_id = $1 and s.id = w.store_id \
             join refunds f on f.tenant_id = $1 and f.store_id = w.store_id and f.order_placed_at >= w.start and f.order_placed_at < w.stop \
           where s.returns_on = 'order' and f.is_counted and f.order_placed_at >= $5 and f.order_placed_at < $6) facts group by currency"
    );
    let first = spans.iter().map(|s| s.1).min().unwrap_or_default();
    let last = spans.iter().map(|s| s.2).max().unwrap_or_default();
    let [stores, starts, stops] = span_columns(spans);
    total_rows(tx.all(&sql, [stores, starts, stops, first.into(), last.into()]).await?)
}

/// A currency column as its type.
pub(crate) fn currency(text: &str) -> Result<Currency, DataError> {
    text.parse().map_err(|_| DataError::Corrupt(format!("currency is '{text}'")))
}

fn total_rows(rows: Vec<TotalRow>) -> Result<BTreeMap<Currency, Figures>, DataError> {
    rows.into_iter().map(|row| Ok((currency(&row.currency)?, row.figures.into()))).collect()
}

fn span_columns(spans: &Spans) -> [sea_orm::Value; 3] {
    let stores: Vec<Uuid> = spans.iter().map(|s| s.0).collect();
    let starts: Vec<DateTime<Utc>> = spans.iter().map(|s| s.1).collect();
    let stops: Vec<DateTime<Utc>> = spans.iter().map(|s| s.2).collect();
    [stores.into(), starts.into(), stops.into()]
}

impl From<FiguresRow> for Figures {
    fn from(r: FiguresRow) -> Self {
        Self {
            orders: r.orders,
            cancelled: r.cancelled,
            return_orders: r.return_orders,
            refunds: r.refunds,
            items: r.items,
            gross: r.gross,
            discounts: r.discounts,
            returned: r.returned,
            refunded: r.refunded,
            shipping: r.shipping,
            tax: r.tax,
            fees: r.fees,
        }
    }
}
