//! What the orders under a filter come to. Days, stores and kinds are read from the rollups, so that a list says
//! what the dashboard says; anything finer is added up order by order, as long as that stays cheap.

use domain::money::Currency;
use domain::orders::any_of::AnyOf;
use domain::orders::{Figures, OrderKind, OrderQuery, OrderStatus};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::filter::{Filter, stores_of};
use super::search::{self, Cut};
use crate::error::DataError;
use crate::rollups::{self, FiguresRow};
use crate::scope::{Scope, Tx};
use crate::stores::Store;

/// Most orders that are added up one by one.
pub const COUNTED: i64 = 10_000;

/// What a filter finds, by currency.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// Orders found, cancelled ones included; more than [`COUNTED`] are not counted one by one.
    pub found: i64,
    /// Whether there are more than `found`.
    pub more: bool,
    /// The figures by currency, in the order of their codes. Empty when `more`. Under a filter by days, refunds count
    /// on the day that the store's rule says, as everywhere; under finer filters, those of the orders found.
    pub currencies: Vec<(Currency, Figures)>,
}

/// Adds up what `query` finds, wherever its page begins. One statement, one more for a search.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub async fn summary(scope: &Scope, query: &OrderQuery) -> Result<Summary, DataError> {
    let tx = scope.begin().await?;
    let stores = stores_of(&tx, query.store.as_deref()).await?;
    let found = if is_kept(query) { kept(&tx, query, &stores).await? } else { counted(&tx, query, &stores).await? };
    tx.end();
    Ok(found)
}

/// Whether the rollups know the answer.
fn is_kept(query: &OrderQuery) -> bool {
    let finer = !query.payment.is_empty()
        || !query.fulfilment.is_empty()
        || query.q.is_some()
        || query.product.is_some()
        || query.min.is_some()
        || query.max.is_some();
    // Cancelled orders count in no figure, so that this status narrows sales only. The rollups do not know which are closed.
    let is_sale = query.kind == Some(OrderKind::Sale);
    let is_known = query.status.is_empty() || (is_sale && (is_cancelled(query) || counts(query)));
    !finer && is_known
}

async fn kept(tx: &Tx, query: &OrderQuery, stores: &[Store]) -> Result<Summary, DataError> {
    let ids: Vec<Uuid> = stores.iter().map(|s| s.id.0).collect();
    let totals = rollups::totals(tx, &ids, query.from, query.to).await?;
    let currencies: Vec<_> =
        totals.into_iter().map(|(c, f)| (c, narrowed(f, query))).filter(|(_, f)| !f.is_zero()).collect();
    let found = currencies.iter().map(|(_, f)| f.orders + f.cancelled + f.return_orders).sum();
    Ok(Summary { found, more: false, currencies })
}

fn narrowed(f: Figures, query: &OrderQuery) -> Figures {
    let sales = Figures { return_orders: 0, refunds: 0, returned: 0, refunded: 0, ..f };
    match query.kind {
        None => f,
        Some(OrderKind::Sale) if is_cancelled(query) => Figures { cancelled: f.cancelled, ..Figures::default() },
        Some(OrderKind::Sale) if counts(query) => Figures { cancelled: 0, ..sales },
        Some(OrderKind::Sale) => sales,
        Some(OrderKind::Return) => Figures {
            return_orders: f.return_orders,
            refunds: f.refunds,
            returned: f.returned,
            refunded: f.refunded,
            ..Figures::default()
        },
    }
}

// Whether cancelled orders alone are asked for.
fn is_cancelled(query: &OrderQuery) -> bool {
    query.status == AnyOf::new([OrderStatus::Cancelled])
}

// Whether all orders are asked for that count.
fn counts(query: &OrderQuery) -> bool {
    query.status == AnyOf::new([OrderStatus::Open, OrderStatus::Closed])
}

#[derive(FromQueryResult)]
struct CountedRow {
    currency: String,
    found: i64,
    #[sea_orm(nested)]
    figures: FiguresRow,
}

const COLUMNS: &str = "o.id, o.currency, o.kind, o.status, o.item_count, o.gross, o.discounts, o.shipping, o.tax, o.fees, o.total, \
    case when o.status = 'cancelled' then 0 else o.refunded end refunded, coalesce(o.refunded_shipping, 0) refunded_shipping, \
    coalesce(o.refunded_tax, 0) refunded_tax, coalesce(o.refunded_fees, 0) refunded_fees";

async fn counted(tx: &Tx, query: &OrderQuery, stores: &[Store]) -> Result<Summary, DataError> {
    let mut filter = Filter::new(query, stores);
    // Written out, as in a list.
    let found = search::meanings(tx, query).await?.cut(&mut filter, COLUMNS, Cut::Any(COUNTED + 1));
    // SQL: sums by currency with filters of their own.
    let sql = format!(
        "select currency, count(*) found, count(*) filter (where sale) orders, count(*) filter (where status = 'cancelled') cancelled, \
           count(*) filter (where kind = 'return') return_orders, count(*) filter (where refunded > 0) refunds, \
           coalesce(sum(item_count) filter (where status <> 'cancelled'), 0)::bigint items, coalesce(sum(gross) filter (where sale), 0)::bigint gross, \
           coalesce(sum(discounts) filter (where sale), 0)::bigint discounts, coalesce(-sum(total) filter (where kind = 'return'), 0)::bigint returned, \
           coalesce(sum(refunded - refunded_shipping - refunded_tax - refunded_fees) filter (where sale), 0)::bigint refunded, \
           coalesce(sum(shipping - refunded_shipping) filter (where sale), 0)::bigint shipping, \
           coalesce(sum(tax - refunded_tax) filter (where sale), 0)::bigint tax, \
           coalesce(sum(fees - refunded_fees) filter (where sale), 0)::bigint fees \
         from (select *, kind = 'sale' and status <> 'cancelled' sale from ({found}) o) o group by currency order by currency"
    );
    let rows: Vec<CountedRow> = tx.all(&sql, filter.values).await?;
    let found: i64 = rows.iter().map(|row| row.found).sum();
    if found > COUNTED {
        return Ok(Summary { found: COUNTED, more: true, currencies: Vec::new() });
    }
    let currencies = rows.into_iter().map(|row| Ok((rollups::currency(&row.currency)?, row.figures.into())));
    Ok(Summary { found, more: false, currencies: currencies.collect::<Result<_, DataError>>()? })
}
