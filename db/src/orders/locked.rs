//! An order held by a transaction that is about to change it.

use chrono::{DateTime, Utc};
use domain::feed::EventKind;
use domain::ids::OrderId;
use domain::money::Currency;
use domain::orders::{Amounts, FulfilmentStatus, OrderKind, OrderStatus, PaymentStatus};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Set, UpdateMany};
use serde_json::{Value as Json, json};

use super::rows::known;
use crate::entities::{TenantQueries, order, order_event, order_item, order_ref};
use crate::error::DataError;
use crate::feed::NewEvent;
use crate::scope::Tx;
use crate::stores::{self, Store};

/// The order, as of now, and nobody else's until the transaction ends.
pub(super) struct Locked {
    pub id: OrderId,
    pub store: Store,
    pub number: String,
    pub placed_at: DateTime<Utc>,
    pub kind: OrderKind,
    pub status: OrderStatus,
    pub payment: PaymentStatus,
    pub fulfilment: FulfilmentStatus,
    pub currency: Currency,
    pub item_count: i64,
    pub amounts: Amounts,
    pub refunded: i64,
}

/// Locks the order. Three statements.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has none, or the actor may not see its store.
pub(super) async fn lock(tx: &Tx, id: OrderId) -> Result<Locked, DataError> {
    let stores = stores::list(tx).await?;
    let reference = tx.find::<order_ref::Entity>().filter(order_ref::Column::OrderId.eq(id.0)).one(tx.conn()).await?;
    let reference = reference.ok_or(DataError::NotFound("order"))?;
    let store = stores.into_iter().find(|s| s.id.0 == reference.store_id).ok_or(DataError::NotFound("order"))?;
    let order = tx
        .find::<order::Entity>()
        .filter(order::Column::PlacedAt.eq(reference.placed_at))
        .filter(order::Column::Id.eq(id.0))
        .lock_exclusive();
    match order.one(tx.conn()).await? {
        Some(order) => locked(order, store),
        None => Err(super::absent::why(tx, &reference).await),
    }
}

fn locked(order: order::Model, store: Store) -> Result<Locked, DataError> {
    let order::Model { gross, discounts, shipping, tax, fees, .. } = order;
    Ok(Locked {
        id: order.id.into(),
        store,
        placed_at: order.placed_at,
        kind: *order.kind,
        status: *order.status,
        payment: *order.payment_status,
        fulfilment: *order.fulfilment_status,
        currency: known("currency", &order.currency)?,
        number: order.number,
        item_count: i64::from(order.item_count),
        amounts: Amounts { gross, discounts, shipping, tax, fees },
        refunded: order.refunded,
    })
}

impl Locked {
    /// Adds to the order's timeline.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn note(&self, tx: &Tx, kind: &str, details: Json) -> Result<(), DataError> {
        let scope = tx.scope();
        let row = order_event::ActiveModel {
            order_placed_at: Set(self.placed_at),
            order_id: Set(self.id.0),
            at: Set(scope.now()),
            id: Set(scope.clock().id()),
            kind: Set(kind.to_owned()),
            actor: Set(scope.actor().to_string()),
            details: Set(details),
            ..Default::default()
        };
        tx.insert(row).exec_without_returning(tx.conn()).await?;
        Ok(())
    }

    /// An update of the order's row.
    pub fn update(&self, tx: &Tx) -> UpdateMany<order::Entity> {
        tx.update::<order::Entity>()
            .filter(order::Column::PlacedAt.eq(self.placed_at))
            .filter(order::Column::Id.eq(self.id.0))
    }

    /// The order's lines, in their order.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn lines(&self, tx: &Tx) -> Result<Vec<order_item::Model>, DataError> {
        let lines = tx
            .find::<order_item::Entity>()
            .filter(order_item::Column::PlacedAt.eq(self.placed_at))
            .filter(order_item::Column::OrderId.eq(self.id.0))
            .order_by_asc(order_item::Column::Position);
        Ok(lines.all(tx.conn()).await?)
    }

    /// An event about the order; `more` joins its data.
    pub fn event(&self, kind: EventKind, more: Json) -> NewEvent {
        let mut data = json!({"id": self.id, "store": self.store.slug, "number": self.number, "currency": self.currency, "total": self.amounts.total()});
        if let (Some(data), Json::Object(more)) = (data.as_object_mut(), more) {
            data.extend(more);
        }
        NewEvent { kind, store: Some(self.store.id), data }
    }
}
