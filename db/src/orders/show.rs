//! One order with everything about it.

use std::collections::HashMap;

use domain::ids::OrderId;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::rows::{FulfilmentRow, ItemRow, OrderDetail, OrderFacts, OrderRow, PaymentRow, RefundRow, TimelineRow};
use super::standing;
use crate::entities::{
    SharedQueries, TenantQueries, fulfilment, order, order_event, order_item, order_ref, payment, refund, user,
};
use crate::error::DataError;
use crate::scope::{Scope, Tx};
use crate::stores::{self, Store};

/// Most entries of the history that are shown.
const EVENTS: u64 = 200;

/// The order `number` of the store called `store`. Eight statements at any size.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has none.
pub async fn by_number(scope: &Scope, store: &str, number: &str) -> Result<OrderDetail, DataError> {
    let tx = scope.begin().await?;
    let stores = stores::list(&tx).await?;
    let id = stores.iter().find(|s| s.slug == store).ok_or(DataError::NotFound("order"))?.id.0;
    let detail =
        detail(&tx, &stores, order_ref::Column::StoreId.eq(id).and(order_ref::Column::Number.eq(number))).await?;
    tx.end();
    Ok(detail)
}

/// The order with this id. Eight statements at any size.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has none.
pub async fn by_id(scope: &Scope, id: OrderId) -> Result<OrderDetail, DataError> {
    let tx = scope.begin().await?;
    let detail = within(&tx, id).await?;
    tx.end();
    Ok(detail)
}

/// The same within a transaction that may have changed it.
///
/// # Errors
/// As [`by_id`].
pub(super) async fn within(tx: &Tx, id: OrderId) -> Result<OrderDetail, DataError> {
    let stores = stores::list(tx).await?;
    detail(tx, &stores, order_ref::Column::OrderId.eq(id.0)).await
}

async fn detail(tx: &Tx, stores: &[Store], which: SimpleExpr) -> Result<OrderDetail, DataError> {
    // The reference knows the partition, so the order is read from that one alone.
    let found = tx.find::<order_ref::Entity>().filter(which).find_also_related(order::Entity).one(tx.conn()).await?;
    let (reference, order) = found.ok_or(DataError::NotFound("order"))?;
    let store = stores.iter().find(|s| s.id.0 == reference.store_id).ok_or(DataError::NotFound("order"))?;
    let Some(order) = order else { return Err(super::absent::why(tx, &reference).await) };
    let orders = [order];
    let items = tx.find::<order_item::Entity>().filter(order_item::Column::PlacedAt.eq(reference.placed_at));
    let items = tx.load_many(&orders, items.order_by_asc(order_item::Column::Position)).await?;
    let refunds = tx.find::<refund::Entity>().order_by_asc(refund::Column::At).order_by_asc(refund::Column::Id);
    let refunds = tx.load_many(&orders, refunds).await?;
    let payments = tx.find::<payment::Entity>().order_by_asc(payment::Column::At).order_by_asc(payment::Column::Id);
    let payments = tx.load_many(&orders, payments).await?;
    let sent =
        tx.find::<fulfilment::Entity>().order_by_asc(fulfilment::Column::At).order_by_asc(fulfilment::Column::Id);
    let sent = tx.load_many(&orders, sent).await?;
    let [order] = orders;
    let timeline = timeline(tx, &order).await?;
    let items: Vec<order_item::Model> = items.into_iter().flatten().collect();
    let (standing, shares) = (standing::standing(&order, &items), standing::shares_of(&order, &items));
    Ok(OrderDetail {
        standing,
        facts: OrderFacts::of(&order),
        items: items.into_iter().zip(shares).map(ItemRow::of).collect(),
        payments: payments.into_iter().flatten().map(PaymentRow::from).collect(),
        fulfilments: sent.into_iter().flatten().map(FulfilmentRow::from).collect(),
        refunds: refunds
            .into_iter()
            .flatten()
            .map(|refund| RefundRow::of(refund, &store.slug, &order))
            .collect::<Result<_, _>>()?,
        timeline,
        zone: store.zone,
        store_name: store.name.clone(),
        gross: order.gross,
        discounts: order.discounts,
        shipping: order.shipping,
        tax: order.tax,
        fees: order.fees,
        note: order.note.clone(),
        tags: order.tags.clone(),
        order: OrderRow::of(order, stores)?,
    })
}

async fn timeline(tx: &Tx, order: &order::Model) -> Result<Vec<TimelineRow>, DataError> {
    let events = tx
        .find::<order_event::Entity>()
        .filter(order_event::Column::OrderPlacedAt.eq(order.placed_at))
        .filter(order_event::Column::OrderId.eq(order.id))
        .order_by_desc(order_event::Column::At)
        .order_by_desc(order_event::Column::Id)
        .limit(EVENTS);
    let events = events.all(tx.conn()).await?;
    let users: Vec<Uuid> = events.iter().filter_map(|event| user_of(&event.actor)).collect();
    let emails = tx.find_shared::<user::Entity>().filter(user::Column::Id.is_in(users)).select_only();
    let emails: Vec<(Uuid, String)> =
        emails.column(user::Column::Id).column(user::Column::Email).into_tuple().all(tx.conn()).await?;
    let emails: HashMap<Uuid, String> = emails.into_iter().collect();
    let row = |event: order_event::Model| TimelineRow {
        at: event.at,
        kind: event.kind,
        actor: actor(&event.actor, &emails),
        details: event.details,
    };
    Ok(events.into_iter().map(row).collect())
}

fn user_of(actor: &str) -> Option<Uuid> {
    actor.strip_prefix("user:").and_then(|id| id.parse().ok())
}

fn actor(actor: &str, emails: &HashMap<Uuid, String>) -> String {
    match actor.split_once(':').map_or(actor, |(kind, _)| kind) {
        "user" => user_of(actor).and_then(|id| emails.get(&id).cloned()).unwrap_or_else(|| "a deleted user".into()),
        "key" => "API key".into(),
        "command" => "Command line".into(),
        _ => "Background job".into(),
    }
}
