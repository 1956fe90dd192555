//! Calling an order off.

use domain::feed::EventKind;
use domain::ids::OrderId;
use domain::orders::refund::Parts;
use domain::orders::{Figures, OrderStatus};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::change::{self, Change, Effect, refused};
use super::locked::Locked;
use crate::entities::{TenantQueries, order, refund};
use crate::error::DataError;
use crate::rollups::Deltas;
use crate::scope::{Scope, Tx};
use crate::{feed, stock, stores};

/// Cancels a sale and puts its goods back on the shelf: status, figures, timeline and feed, all or nothing.
///
/// # Errors
/// [`DataError::NotFound`], [`DataError::Refused`] with the rule's words, or a reason that is too long.
pub async fn cancel(scope: &Scope, id: OrderId, reason: &str) -> Result<(), DataError> {
    change::change(scope, id, &Change::Cancel { reason: reason.to_owned(), restock: true }).await
}

/// Writes the rows of a cancellation.
///
/// # Errors
/// As [`cancel`].
pub(super) async fn record(tx: &Tx, order: &mut Locked, reason: &str, restock: bool) -> Result<Effect, DataError> {
    change::check_reason(reason)?;
    order.standing.check_cancel().map_err(refused)?;
    if restock && order.store.tracks_stock {
        let left = order.standing.lines.iter().map(|line| (line.position, line.quantity - line.refunded));
        let left: Vec<(i32, i64)> = left.filter(|(_, quantity)| *quantity > 0).collect();
        stock::put_back(tx, order.placed_at, order.id.0, &left).await?;
    }
    let deltas = deltas(tx, order).await?;
    order.standing.status = OrderStatus::Cancelled;
    let cancelled = order.update(tx).col_expr(order::Column::CancelledAt, Expr::value(tx.scope().now()));
    cancelled.col_expr(order::Column::CancelReason, Expr::value(reason)).exec(tx.conn()).await?;
    let details = json!({"reason": reason});
    Ok(Effect { deltas, ..Effect::new(Some(EventKind::OrderCancelled), "cancelled", "order.cancel", details) })
}

#[derive(FromQueryResult)]
struct Sold {
    product_id: Uuid,
    quantity: i64,
    gross: i64,
}

// The order counts in nothing any more, and neither do its refunds; the rule on the days of those holds behind the feed's head,
// which is locked here already.
async fn deltas(tx: &Tx, order: &Locked) -> Result<Deltas, DataError> {
    let mut deltas = Deltas::default();
    let placed = Figures::of_order(order.standing.kind, order.item_count, &order.standing.amounts);
    deltas.add(&order.store, order.placed_at, order.currency, Figures::of_cancellation(placed));
    // SQL: a sum over a join within the order's partition.
    let sql = "select v.product_id, sum(i.quantity)::bigint quantity, sum(i.amount - case when $4 then coalesce(i.tax, 0) else 0 end)::bigint gross \
               from order_items i join variants v on v.tenant_id = i.tenant_id and v.id = i.variant_id \
               where i.tenant_id = $1 and i.placed_at = $2 and i.order_id = $3 and i.kind = 'product' group by v.product_id";
    let values = [order.placed_at.into(), order.id.0.into(), order.row.prices_include_tax.into()];
    let sold: Vec<Sold> = tx.all(sql, values).await?;
    for product in sold {
        deltas.add_product(
            &order.store,
            order.placed_at,
            product.product_id.into(),
            order.currency,
            -product.quantity,
            -product.gross,
        );
    }
    if order.standing.refunded.total() != 0 {
        discount_refunds(tx, order, &mut deltas).await?;
    }
    Ok(deltas)
}

async fn discount_refunds(tx: &Tx, order: &Locked, deltas: &mut Deltas) -> Result<(), DataError> {
    let of_order = || refund::Column::OrderPlacedAt.eq(order.placed_at).and(refund::Column::OrderId.eq(order.id.0));
    feed::lock(tx).await?;
    let rule = stores::return_day(tx, order.store.id).await?;
    for refund in tx.find::<refund::Entity>().filter(of_order()).all(tx.conn()).await? {
        let refund::Model { shipping, tax, fees, .. } = refund;
        let parts = Parts { goods: refund.amount - shipping - tax - fees, shipping, tax, fees };
        deltas.add(
            &order.store,
            rule.counts_at(refund.at, order.placed_at),
            order.currency,
            -Figures::of_refund(parts),
        );
    }
    let uncounted = tx.update::<refund::Entity>().filter(of_order());
    uncounted.col_expr(refund::Column::IsCounted, Expr::value(false)).exec(tx.conn()).await?;
    Ok(())
}
