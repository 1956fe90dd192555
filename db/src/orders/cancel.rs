//! Calling an order off.

use domain::feed::EventKind;
use domain::ids::OrderId;
use domain::orders::{Figures, OrderStatus};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;

use super::change::{self, Change, Effect, refused};
use super::counted::Counted;
use super::locked::Locked;
use crate::entities::{TenantQueries, order, refund};
use crate::error::DataError;
use crate::rollups::Deltas;
use crate::scope::{Scope, Tx};
use crate::stock;

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
    let counted = Counted::of(tx, order).await?;
    if counted.has_refunds() {
        let refunds = tx.update::<refund::Entity>().filter(refund::Column::OrderPlacedAt.eq(order.placed_at));
        let refunds = refunds.filter(refund::Column::OrderId.eq(order.id.0));
        refunds.col_expr(refund::Column::IsCounted, Expr::value(false)).exec(tx.conn()).await?;
    }
    let mut deltas = Deltas::default();
    let cancelled = Figures { cancelled: 1, ..Figures::default() };
    deltas.add(&order.store, order.placed_at, order.currency, cancelled);
    order.standing.status = OrderStatus::Cancelled;
    let cancelled = order.update(tx).col_expr(order::Column::CancelledAt, Expr::value(tx.scope().now()));
    cancelled.col_expr(order::Column::CancelReason, Expr::value(reason)).exec(tx.conn()).await?;
    let details = json!({"reason": reason});
    Ok(Effect {
        deltas,
        counted: Some(counted),
        ..Effect::new(Some(EventKind::OrderCancelled), "cancelled", "order.cancel", details)
    })
}
