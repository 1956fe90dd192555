//! Calling an order off.

use domain::feed::EventKind;
use domain::fields::FieldErrors;
use domain::ids::OrderId;
use domain::orders::{Figures, OrderKind, OrderStatus, cancel};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Expr;
use serde_json::json;
use uuid::Uuid;

use super::locked::{self, Locked};
use crate::entities::{order, text::Text};
use crate::error::DataError;
use crate::rollups::{self, Deltas};
use crate::scope::{Scope, Tx};
use crate::{audit, feed, stock};

/// Longest reason, in characters.
const MAX_REASON: usize = 500;

/// Cancels a sale: status, figures, timeline and feed, all or nothing.
///
/// # Errors
/// [`DataError::NotFound`], [`DataError::Refused`] with the rule's words, or a reason that is too long.
pub async fn cancel(scope: &Scope, id: OrderId, reason: &str) -> Result<(), DataError> {
    check_reason(reason)?;
    let tx = scope.begin().await?;
    let order = locked::lock(&tx, id).await?;
    cancel::check(order.kind, order.status, order.payment, order.fulfilment)
        .map_err(|e| DataError::Refused(e.to_string()))?;
    let cancelled = order.update(&tx).col_expr(order::Column::Status, Expr::value(Text(OrderStatus::Cancelled)));
    cancelled.col_expr(order::Column::UpdatedAt, Expr::value(scope.now())).exec(tx.conn()).await?;
    order.note(&tx, "cancelled", json!({"reason": reason})).await?;
    if order.store.tracks_stock {
        stock::put_back(&tx, order.placed_at, id.0).await?;
    }
    let event = order.event(EventKind::OrderUpdated, json!({"status": "cancelled"}));
    feed::append(&tx, vec![event]).await?;
    rollups::apply(&tx, &deltas(&tx, &order).await?).await?;
    audit::note(&tx, "order.cancel", &id.to_string(), json!({"reason": reason})).await?;
    tx.commit().await
}

/// Checks the words that go with a change.
///
/// # Errors
/// The fault of the field `reason`.
pub(super) fn check_reason(reason: &str) -> Result<(), DataError> {
    let mut errors = FieldErrors::default();
    errors.add_if(reason.chars().count() > MAX_REASON, "reason", format!("Use at most {MAX_REASON} characters."));
    errors.add_if(reason.contains('\0'), "reason", "Remove control characters.");
    Ok(errors.into_result(())?)
}

#[derive(FromQueryResult)]
struct Sold {
    product_id: Uuid,
    quantity: i64,
    gross: i64,
}

async fn deltas(tx: &Tx, order: &Locked) -> Result<Deltas, DataError> {
    debug_assert!(order.kind == OrderKind::Sale, "the rule lets only sales through");
    let mut deltas = Deltas::default();
    let placed = Figures::of_order(order.kind, order.item_count, &order.amounts);
    deltas.add(&order.store, order.placed_at, order.currency, Figures::of_cancellation(placed));
    // A sum over a join in the order's partition, for the figures.
    // SQL: a sum over a join within the order's partition.
    let sql = "select v.product_id, sum(i.quantity)::bigint quantity, sum(i.amount)::bigint gross \
               from order_items i join variants v on v.tenant_id = i.tenant_id and v.id = i.variant_id \
               where i.tenant_id = $1 and i.placed_at = $2 and i.order_id = $3 and i.kind = 'product' group by v.product_id";
    let sold: Vec<Sold> = tx.all(sql, [order.placed_at.into(), order.id.0.into()]).await?;
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
    Ok(deltas)
}
