//! Replacing a stored order by a newer state of it that its shop sends: the same id, number and timeline, everything else as it
//! is sent. Figures, stock and statuses move by the difference.

use chrono::{DateTime, Utc};
use domain::feed::EventKind;
use domain::ids::OrderId;
use domain::orders::{FulfilmentStatus, OrderKind, OrderStatus, PaymentStatus, Standing};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;

use super::counted::Counted;
use super::locked::{self, Locked};
use super::place::{Candidate, Via};
use super::write;
use crate::catalog::Variants;
use crate::customers::Buyers;
use crate::entities::{TenantQueries, fulfilment, order, order_item, order_ref, payment, refund};
use crate::error::DataError;
use crate::feed::NewEvent;
use crate::scope::Tx;
use crate::stock;
use crate::stores::Store;

/// An order that was replaced; its figures still say what it was.
pub(super) struct Replaced {
    /// As it was.
    pub before: Locked,
    /// What it counted for.
    pub counted: Counted,
    /// What is told of the change.
    pub events: Vec<NewEvent>,
}

/// Replaces the stored order with the candidate's id by the candidate. None when the stored state is newer: nothing is changed
/// then. Some fifteen statements.
///
/// # Errors
/// [`DataError::Archived`], and when PostgreSQL fails.
pub(super) async fn replace(
    tx: &Tx,
    store: &Store,
    candidate: &Candidate<'_>,
    variants: &Variants,
    buyers: &Buyers,
) -> Result<Option<Replaced>, DataError> {
    let before = locked::lock(tx, candidate.id).await?;
    if is_older(candidate, before.row.source_updated_at) {
        return Ok(None);
    }
    let counted = Counted::of(tx, &before).await?;
    if store.tracks_stock {
        put_back(tx, &before).await?;
    }
    delete(tx, &before).await?;
    move_reference(tx, &before, candidate).await?;
    write::rows(tx, store, &[candidate], variants, buyers, Via::Update).await?;
    let kept = tx
        .update::<order::Entity>()
        .filter(order::Column::PlacedAt.eq(candidate.order.placed_at()))
        .filter(order::Column::Id.eq(candidate.id.0))
        .col_expr(order::Column::CreatedAt, Expr::value(before.row.created_at))
        .col_expr(order::Column::Version, Expr::value(before.version + 1));
    kept.exec(tx.conn()).await?;
    if store.tracks_stock {
        stock::sell(tx, std::iter::once(candidate.order), variants).await?;
    }
    let events = events(store, candidate, &before.standing);
    Ok(Some(Replaced { before, counted, events }))
}

// Without a time of its own, what is sent last counts.
fn is_older(candidate: &Candidate<'_>, stored: Option<DateTime<Utc>>) -> bool {
    candidate.order.details().source_updated_at.zip(stored).is_some_and(|(sent, stored)| sent < stored)
}

async fn put_back(tx: &Tx, before: &Locked) -> Result<(), DataError> {
    let standing = &before.standing;
    if standing.kind != OrderKind::Sale || standing.status == OrderStatus::Cancelled {
        return Ok(());
    }
    let pieces: Vec<(i32, i64)> = standing.lines.iter().map(|line| (line.position, line.quantity)).collect();
    stock::put_back(tx, before.placed_at, before.id.0, &pieces).await
}

async fn delete(tx: &Tx, before: &Locked) -> Result<(), DataError> {
    let (at, id) = (before.placed_at, before.id.0);
    let items = tx.delete::<order_item::Entity>().filter(order_item::Column::PlacedAt.eq(at));
    items.filter(order_item::Column::OrderId.eq(id)).exec(tx.conn()).await?;
    let payments = tx.delete::<payment::Entity>().filter(payment::Column::OrderPlacedAt.eq(at));
    payments.filter(payment::Column::OrderId.eq(id)).exec(tx.conn()).await?;
    let sent = tx.delete::<fulfilment::Entity>().filter(fulfilment::Column::OrderPlacedAt.eq(at));
    sent.filter(fulfilment::Column::OrderId.eq(id)).exec(tx.conn()).await?;
    let refunds = tx.delete::<refund::Entity>().filter(refund::Column::OrderPlacedAt.eq(at));
    refunds.filter(refund::Column::OrderId.eq(id)).exec(tx.conn()).await?;
    let orders = tx.delete::<order::Entity>().filter(order::Column::PlacedAt.eq(at));
    orders.filter(order::Column::Id.eq(id)).exec(tx.conn()).await?;
    Ok(())
}

async fn move_reference(tx: &Tx, before: &Locked, candidate: &Candidate<'_>) -> Result<(), DataError> {
    let placed_at = candidate.order.placed_at();
    let reference = tx.update::<order_ref::Entity>().filter(order_ref::Column::OrderId.eq(before.id.0));
    let reference = reference.col_expr(order_ref::Column::Fingerprint, Expr::value(candidate.fingerprint.clone()));
    reference.col_expr(order_ref::Column::PlacedAt, Expr::value(placed_at)).exec(tx.conn()).await?;
    if placed_at == before.placed_at {
        return Ok(());
    }
    // SQL: part of the key of the timeline, which entities do not change.
    let sql = "update order_timeline set order_placed_at = $4 where tenant_id = $1 and order_placed_at = $2 and order_id = $3";
    tx.run(sql, [before.placed_at.into(), before.id.0.into(), placed_at.into()]).await.map(drop)
}

fn events(store: &Store, candidate: &Candidate<'_>, before: &Standing) -> Vec<NewEvent> {
    let now = candidate.order.standing();
    let (paid, sent) = (now.payment_status(), now.fulfilment_status());
    let is_sent =
        |status: FulfilmentStatus| matches!(status, FulfilmentStatus::Fulfilled | FulfilmentStatus::PartiallyFulfilled);
    let kinds = [
        (paid == PaymentStatus::Paid && before.payment_status() != paid).then_some(EventKind::OrderPaid),
        (is_sent(sent) && before.fulfilment_status() != sent).then_some(EventKind::OrderFulfilled),
        (now.refunded.total() > before.refunded.total()).then_some(EventKind::OrderRefunded),
        (now.status == OrderStatus::Cancelled && before.status != now.status).then_some(EventKind::OrderCancelled),
        Some(EventKind::OrderUpdated),
    ];
    kinds.into_iter().flatten().map(|kind| event(store, candidate, kind)).collect()
}

fn event(store: &Store, candidate: &Candidate<'_>, kind: EventKind) -> NewEvent {
    let (order, standing) = (candidate.order, candidate.order.standing());
    let data = json!({
        "id": OrderId(candidate.id.0), "store": store.slug, "number": order.number(), "currency": order.currency(),
        "total": standing.amounts.total(), "status": standing.status, "payment_status": standing.payment_status(),
        "fulfilment_status": standing.fulfilment_status(),
    });
    NewEvent { kind, store: Some(store.id), data }
}
