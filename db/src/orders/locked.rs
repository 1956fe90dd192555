//! An order held by a transaction that is about to change it.

use chrono::{DateTime, Utc};
use domain::feed::EventKind;
use domain::ids::OrderId;
use domain::money::Currency;
use domain::orders::{Amounts, FulfilmentStatus, OrderKind, OrderStatus, PaymentStatus};
use sea_orm::FromQueryResult;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::show::known;
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

#[derive(FromQueryResult)]
struct Record {
    store_id: Uuid,
    number: String,
    placed_at: DateTime<Utc>,
    kind: String,
    status: String,
    payment_status: String,
    fulfilment_status: String,
    currency: String,
    item_count: i32,
    gross: i64,
    discounts: i64,
    shipping: i64,
    tax: i64,
    fees: i64,
    refunded: i64,
}

/// Locks the order.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has none, or the actor may not see its store.
pub(super) async fn lock(tx: &Tx, id: OrderId) -> Result<Locked, DataError> {
    let sql = "select o.store_id, o.number, o.placed_at, o.kind, o.status, o.payment_status, o.fulfilment_status, o.currency, o.item_count, \
                 o.gross, o.discounts, o.shipping, o.tax, o.fees, o.refunded \
               from order_refs r join orders o on o.tenant_id = r.tenant_id and o.placed_at = r.placed_at and o.id = r.order_id \
               where r.tenant_id = $1 and r.order_id = $2 for update of o";
    let stores = stores::list(tx).await?;
    let found: Option<Record> = tx.one(sql, [id.0.into()]).await?;
    let Some(record) = found else {
        return Err(super::absent::why(tx, &stores, "r.order_id = $2", vec![id.0.into()]).await);
    };
    let store = stores.into_iter().find(|s| s.id.0 == record.store_id).ok_or(DataError::NotFound("order"))?;
    record.locked(id, store)
}

impl Record {
    fn locked(self, id: OrderId, store: Store) -> Result<Locked, DataError> {
        let Self { gross, discounts, shipping, tax, fees, .. } = self;
        Ok(Locked {
            id,
            store,
            placed_at: self.placed_at,
            kind: known("kind", &self.kind)?,
            status: known("status", &self.status)?,
            payment: known("payment_status", &self.payment_status)?,
            fulfilment: known("fulfilment_status", &self.fulfilment_status)?,
            currency: known("currency", &self.currency)?,
            number: self.number,
            item_count: i64::from(self.item_count),
            amounts: Amounts { gross, discounts, shipping, tax, fees },
            refunded: self.refunded,
        })
    }
}

impl Locked {
    /// Adds to the order's timeline.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn note(&self, tx: &Tx, kind: &str, details: Json) -> Result<(), DataError> {
        let sql = "insert into order_timeline (tenant_id, order_placed_at, order_id, at, id, kind, actor, details) values ($1, $2, $3, $4, $5, $6, $7, $8)";
        let scope = tx.scope();
        let id: Uuid = scope.clock().id();
        let actor = scope.actor().to_string();
        let values = [
            self.placed_at.into(),
            self.id.0.into(),
            scope.now().into(),
            id.into(),
            kind.into(),
            actor.into(),
            details.into(),
        ];
        tx.run(sql, values).await.map(drop)
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
