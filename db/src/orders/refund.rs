//! Giving money back on a sale.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use domain::calendar::day_of;
use domain::feed::EventKind;
use domain::ids::{OrderId, RefundId};
use domain::orders::new_order::NewRefund;
use domain::orders::refund::{Parts, Refund, RefundRequest};
use domain::orders::{Figures, OrderStatus};
use sea_orm::{FromQueryResult, Set};
use serde_json::json;
use uuid::Uuid;

use super::change::{self, Change, Effect};
use super::filter::stores_of;
use super::history::lines_json;
use super::locked::Locked;
use super::rows::RefundRow;
use super::rows::known;
use crate::clocks::{self, Clocks};
use crate::entities::{TenantQueries, refund};
use crate::error::DataError;
use crate::rollups::Deltas;
use crate::scope::{Scope, Tx};
use crate::{stock, stores};

/// What is said when another refund was recorded meanwhile.
const SEEN: &str = "Another refund was recorded on this order. Check the remaining amount, then try again.";

/// Records a refund at once: order, lines, figures of the day on which it counts, timeline and feed, all or nothing.
///
/// # Errors
/// [`DataError::NotFound`], or [`DataError::Invalid`] with the rule's words by field; [`DataError::Refused`] when
/// `seen`, the amount that the asker saw refunded so far, is no longer true: a button pressed twice refunds once.
pub async fn refund(
    scope: &Scope,
    id: OrderId,
    request: &RefundRequest,
    reason: &str,
    seen: Option<i64>,
) -> Result<(), DataError> {
    let refund = NewRefund { request: request.clone(), reason: reason.to_owned(), at: scope.now() };
    change::change(scope, id, &Change::Refund { refund, seen }).await
}

/// Refunds that count on the local days `from ..= to` in one store or in all, newest first, up to `limit`. Indexes:
/// `refunds_day`; the primary key where they count on the day of the order.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub async fn in_period(
    scope: &Scope,
    store: Option<&str>,
    from: NaiveDate,
    to: NaiveDate,
    limit: i64,
) -> Result<Vec<RefundRow>, DataError> {
    let tx = scope.begin().await?;
    let stores = stores_of(&tx, store).await?;
    // SQL: refunds count by two rules, each with an index of its own.
    let sql = format!(
        "with {}, f as ( \
                 select f.id, f.at, f.amount, f.shipping, f.tax, f.fees, f.reason, f.currency, f.store_id, f.order_id \
                 from stores s join refunds f on f.tenant_id = $1 and f.store_id = s.id and f.local_day between $3 and $4 and f.is_counted \
                 where s.tenant_id = $1 and s.id = any($2) and s.returns_on = 'return' \
                 union all \
                 select f.id, f.at, f.amount, f.shipping, f.tax, f.fees, f.reason, f.currency, f.store_id, f.order_id \
                 from stores s join clocks k on k.store_id = s.id \
                 join refunds f on f.tenant_id = $1 and f.store_id = s.id and f.order_placed_at >= $6 and f.order_placed_at < $7 and f.is_counted \
                   and {} between $3 and $4 \
                 where s.tenant_id = $1 and s.id = any($2) and s.returns_on = 'order') \
               select f.id, f.at, f.amount, f.shipping, f.tax, f.fees, f.reason, f.currency, f.store_id, r.number \
               from f join order_refs r on r.tenant_id = $1 and r.order_id = f.order_id order by f.at desc, f.id desc limit $5",
        clocks::with(8),
        clocks::day("f.order_placed_at")
    );
    let ids: Vec<Uuid> = stores.iter().map(|s| s.id.0).collect();
    // The days in every zone of the world.
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let (earliest, latest) = (midnight(from) - Duration::hours(14), midnight(to) + Duration::hours(36));
    let values = [ids.into(), from.into(), to.into(), limit.into(), earliest.into(), latest.into()];
    let clocks = Clocks::within(&stores, earliest, latest).values();
    let found: Vec<PeriodRecord> = tx.all(&sql, values.into_iter().chain(clocks)).await?;
    tx.commit().await?;
    let slug = |id: Uuid| stores.iter().find(|s| s.id.0 == id).map(|s| s.slug.clone()).unwrap_or_default();
    let row = |r: PeriodRecord| -> Result<RefundRow, DataError> {
        let currency = known("currency", &r.currency)?;
        Ok(RefundRow {
            id: r.id.into(),
            at: r.at,
            amount: r.amount,
            parts: Parts {
                goods: r.amount - r.shipping - r.tax - r.fees,
                shipping: r.shipping,
                tax: r.tax,
                fees: r.fees,
            },
            lines: Vec::new(),
            reason: r.reason,
            number: r.number,
            store: slug(r.store_id),
            currency,
        })
    };
    found.into_iter().map(row).collect()
}

#[derive(FromQueryResult)]
struct PeriodRecord {
    id: Uuid,
    at: DateTime<Utc>,
    amount: i64,
    shipping: i64,
    tax: i64,
    fees: i64,
    reason: String,
    currency: String,
    store_id: Uuid,
    number: String,
}

/// A refund whose rows are written.
pub(super) struct Recorded {
    at: DateTime<Utc>,
    parts: Parts,
}

impl Recorded {
    /// Adds it to the figures of the day on which it counts. The feed's head must be locked: so the store's rule holds.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn count(&self, tx: &Tx, order: &Locked, deltas: &mut Deltas) -> Result<(), DataError> {
        let counts_at = stores::return_day(tx, order.store.id).await?.counts_at(self.at, order.placed_at);
        deltas.add(&order.store, counts_at, order.currency, Figures::of_refund(self.parts));
        Ok(())
    }
}

/// Writes the rows of a refund. What is given back on a cancelled order counts in no figure.
///
/// # Errors
/// As [`refund`].
pub(super) async fn record(
    tx: &Tx,
    order: &mut Locked,
    new: &NewRefund,
    seen: Option<i64>,
) -> Result<Effect, DataError> {
    change::check_reason(&new.reason)?;
    if seen.is_some_and(|seen| seen != order.standing.refunded.total()) {
        return Err(DataError::Refused(SEEN.into()));
    }
    let refund = order.standing.refund(&new.request)?;
    let at = domain::calendar::settled(new.at);
    let is_counted = order.standing.status != OrderStatus::Cancelled;
    insert(tx, order, new, &refund, is_counted).await?;
    take_lines(tx, order, &refund).await?;
    order.update(tx).exec(tx.conn()).await?;
    let restocked: Vec<(i32, i64)> =
        refund.lines.iter().filter(|line| line.restock).map(|line| (line.position, line.quantity)).collect();
    if order.store.tracks_stock && !restocked.is_empty() {
        stock::put_back(tx, order.placed_at, order.id.0, &restocked).await?;
    }
    let amount = refund.parts.total();
    let details = json!({"reason": new.reason, "amount": amount, "currency": order.currency});
    Ok(Effect {
        data: json!({"refund": amount}),
        refund: is_counted.then_some(Recorded { at, parts: refund.parts }),
        ..Effect::new(Some(EventKind::OrderRefunded), "refunded", "order.refund", details)
    })
}

async fn insert(tx: &Tx, order: &Locked, new: &NewRefund, refund: &Refund, is_counted: bool) -> Result<(), DataError> {
    let scope = tx.scope();
    let at = domain::calendar::settled(new.at);
    let lines = lines_json(refund.lines.iter().map(|line| (line.position, line.quantity)));
    let row = refund::ActiveModel {
        order_placed_at: Set(order.placed_at),
        order_id: Set(order.id.0),
        id: Set(scope.clock().id::<RefundId>().0),
        store_id: Set(order.store.id.0),
        at: Set(at),
        local_day: Set(day_of(at, order.store.zone)),
        currency: Set(order.currency.to_string()),
        amount: Set(refund.parts.total()),
        shipping: Set(refund.parts.shipping),
        tax: Set(refund.parts.tax),
        fees: Set(refund.parts.fees),
        is_counted: Set(is_counted),
        lines: Set((!refund.lines.is_empty()).then_some(lines)),
        reason: Set(new.reason.clone()),
        actor: Set(scope.actor().to_string()),
        ..Default::default()
    };
    tx.insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

async fn take_lines(tx: &Tx, order: &Locked, refund: &Refund) -> Result<(), DataError> {
    if refund.lines.is_empty() {
        return Ok(());
    }
    // SQL: any number of lines in one statement, each by its own quantity.
    let sql = "update order_items i set refunded_quantity = i.refunded_quantity + w.quantity \
               from unnest($4::int[], $5::bigint[]) w (position, quantity) \
               where i.tenant_id = $1 and i.placed_at = $2 and i.order_id = $3 and i.position = w.position";
    let (positions, quantities): (Vec<i32>, Vec<i64>) =
        refund.lines.iter().map(|line| (line.position, line.quantity)).unzip();
    tx.run(sql, [order.placed_at.into(), order.id.0.into(), positions.into(), quantities.into()]).await.map(drop)
}
