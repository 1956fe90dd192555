//! Giving money back on a sale.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use domain::calendar::day_of;
use domain::feed::EventKind;
use domain::ids::{OrderId, RefundId};
use domain::orders::refund::{Line, RefundRequest, Refundable};
use domain::orders::{Figures, ItemKind};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, Set};
use serde_json::json;
use uuid::Uuid;

use super::filter::stores_of;
use super::locked::{self, Locked};
use super::rows::RefundRow;
use super::rows::known;
use crate::clocks::{self, Clocks};
use crate::entities::{TenantQueries, order, order_item, refund, text::Text};
use crate::error::DataError;
use crate::rollups::{self, Deltas};
use crate::scope::{Scope, Tx};
use crate::{audit, feed, stores};

/// What somebody is told who refunds what another just did.
const SEEN: &str = "Another refund was recorded on this order. Check the remaining amount, then try again.";

/// Records a refund: order, lines, figures of the day on which it counts, timeline and feed, all or nothing.
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
) -> Result<RefundId, DataError> {
    super::cancel::check_reason(reason)?;
    let tx = scope.begin().await?;
    let order = locked::lock(&tx, id).await?;
    if seen.is_some_and(|seen| seen != order.refunded) {
        return Err(DataError::Refused(SEEN.into()));
    }
    let lines = lines(&tx, &order).await?;
    let rule = Refundable {
        kind: order.kind,
        status: order.status,
        total: order.amounts.total(),
        refunded: order.refunded,
        lines: &lines,
    };
    let amount = rule.amount(request)?;
    let payment = rule.payment_after(amount);
    let refund = write(&tx, &order, request, amount, reason).await?;
    let refunded = Expr::col(order::Column::Refunded).add(amount);
    let paid = order.update(&tx).col_expr(order::Column::Refunded, refunded);
    let paid = paid.col_expr(order::Column::PaymentStatus, Expr::value(Text(payment)));
    paid.col_expr(order::Column::UpdatedAt, Expr::value(scope.now())).exec(tx.conn()).await?;
    let details = json!({"reason": reason, "amount": amount, "currency": order.currency});
    order.note(&tx, "refunded", details.clone()).await?;
    let event = order.event(EventKind::OrderUpdated, json!({"payment_status": payment, "refund": amount}));
    feed::append(&tx, vec![event]).await?;
    let mut deltas = Deltas::default();
    let counts_at = stores::return_day(&tx, order.store.id).await?.counts_at(scope.now(), order.placed_at);
    deltas.add(&order.store, counts_at, order.currency, Figures::of_refund(amount));
    rollups::apply(&tx, &deltas).await?;
    audit::note(&tx, "order.refund", &id.to_string(), details).await?;
    tx.commit().await?;
    Ok(refund)
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
                 select f.id, f.at, f.amount, f.reason, f.currency, f.store_id, f.order_id \
                 from stores s join refunds f on f.tenant_id = $1 and f.store_id = s.id and f.local_day between $3 and $4 \
                 where s.tenant_id = $1 and s.id = any($2) and s.returns_on = 'return' \
                 union all \
                 select f.id, f.at, f.amount, f.reason, f.currency, f.store_id, f.order_id \
                 from stores s join clocks k on k.store_id = s.id \
                 join refunds f on f.tenant_id = $1 and f.store_id = s.id and f.order_placed_at >= $6 and f.order_placed_at < $7 \
                   and {} between $3 and $4 \
                 where s.tenant_id = $1 and s.id = any($2) and s.returns_on = 'order') \
               select f.id, f.at, f.amount, f.reason, f.currency, f.store_id, r.number \
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
    reason: String,
    currency: String,
    store_id: Uuid,
    number: String,
}

async fn lines(tx: &Tx, order: &Locked) -> Result<Vec<Line>, DataError> {
    let line = |item: order_item::Model| Line {
        // Giving a discount line back takes the reduction back with it.
        unit_price: if *item.kind == ItemKind::Discount { -item.unit_price.abs() } else { item.unit_price },
        position: item.position,
        quantity: item.quantity,
        refunded_quantity: item.refunded_quantity,
    };
    Ok(order.lines(tx).await?.into_iter().map(line).collect())
}

async fn write(
    tx: &Tx,
    order: &Locked,
    request: &RefundRequest,
    amount: i64,
    reason: &str,
) -> Result<RefundId, DataError> {
    let scope = tx.scope();
    let id: RefundId = scope.clock().id();
    let lines = match request {
        RefundRequest::Full => {
            let all = tx
                .update::<order_item::Entity>()
                .filter(order_item::Column::PlacedAt.eq(order.placed_at))
                .filter(order_item::Column::OrderId.eq(order.id.0))
                .filter(order_item::Column::Quantity.gt(0));
            let quantity = Expr::col(order_item::Column::Quantity);
            all.col_expr(order_item::Column::RefundedQuantity, quantity).exec(tx.conn()).await?;
            None
        }
        RefundRequest::Lines(wanted) => {
            // Any number of lines in one statement, each by its own quantity.
            // SQL: any number of lines in one statement, each by its own quantity.
            let sql = "update order_items i set refunded_quantity = i.refunded_quantity + w.quantity \
                       from unnest($4::int[], $5::bigint[]) w (position, quantity) \
                       where i.tenant_id = $1 and i.placed_at = $2 and i.order_id = $3 and i.position = w.position";
            let (positions, quantities): (Vec<i32>, Vec<i64>) = wanted.iter().copied().unzip();
            tx.run(sql, [order.placed_at.into(), order.id.0.into(), positions.into(), quantities.into()]).await?;
            let line = |(position, quantity): &(i32, i64)| json!({"position": position, "quantity": quantity});
            Some(wanted.iter().map(line).collect::<serde_json::Value>())
        }
    };
    let now = scope.now();
    let row = refund::ActiveModel {
        order_placed_at: Set(order.placed_at),
        order_id: Set(order.id.0),
        id: Set(id.0),
        store_id: Set(order.store.id.0),
        at: Set(now),
        local_day: Set(day_of(now, order.store.zone)),
        currency: Set(order.currency.to_string()),
        amount: Set(amount),
        lines: Set(lines),
        reason: Set(reason.to_owned()),
        actor: Set(scope.actor().to_string()),
        ..Default::default()
    };
    tx.insert(row).exec_without_returning(tx.conn()).await?;
    Ok(id)
}
