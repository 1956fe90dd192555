//! An order held by a transaction that is about to change it.

use chrono::{DateTime, Utc};
use domain::feed::EventKind;
use domain::ids::OrderId;
use domain::money::Currency;
use domain::orders::Standing;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Set, UpdateMany};
use serde_json::{Value as Json, json};

use super::rows::known;
use super::standing::standing;
use crate::entities::text::Text;
use crate::entities::{TenantQueries, order, order_event, order_item, order_ref};
use crate::error::DataError;
use crate::feed::NewEvent;
use crate::scope::Tx;
use crate::stores::{self, Store};

/// The order, as of now, and no one else's until the transaction ends.
pub(super) struct Locked {
    pub id: OrderId,
    pub store: Store,
    pub number: String,
    pub placed_at: DateTime<Utc>,
    pub currency: Currency,
    pub item_count: i64,
    pub version: i32,
    pub standing: Standing,
    /// Its row, as it was found.
    pub row: order::Model,
}

/// Locks the order. Four statements.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has none, or the actor may not see its store.
pub(super) async fn lock(tx: &Tx, id: OrderId) -> Result<Locked, DataError> {
    let stores = stores::list(tx).await?;
    let reference = tx.find::<order_ref::Entity>().filter(order_ref::Column::OrderId.eq(id.0)).one(tx.conn()).await?;
    let reference = reference.ok_or(DataError::NotFound("order"))?;
    let store = stores.into_iter().find(|s| s.id.0 == reference.store_id).ok_or(DataError::NotFound("order"))?;
    let row = tx
        .find::<order::Entity>()
        .filter(order::Column::PlacedAt.eq(reference.placed_at))
        .filter(order::Column::Id.eq(id.0))
        .lock_exclusive();
    let Some(row) = row.one(tx.conn()).await? else { return Err(super::absent::why(tx, &reference).await) };
    let items = tx
        .find::<order_item::Entity>()
        .filter(order_item::Column::PlacedAt.eq(row.placed_at))
        .filter(order_item::Column::OrderId.eq(id.0))
        .order_by_asc(order_item::Column::Position);
    let items = items.all(tx.conn()).await?;
    Ok(Locked {
        id,
        store,
        placed_at: row.placed_at,
        currency: known("currency", &row.currency)?,
        number: row.number.clone(),
        item_count: i64::from(row.item_count),
        version: row.version,
        standing: standing(&row, &items),
        row,
    })
}

impl Locked {
    /// Checks that it still has the version that somebody saw, where that is known.
    ///
    /// # Errors
    /// [`DataError::Stale`].
    pub fn check_version(&self, seen: Option<i32>) -> Result<(), DataError> {
        match seen {
            Some(version) if version != self.version => Err(DataError::Stale),
            _ => Ok(()),
        }
    }

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

    /// An update of the order's row: the statuses that follow from where it stands now, and its next version.
    pub fn update(&self, tx: &Tx) -> UpdateMany<order::Entity> {
        let Standing { status, paid, authorized, refunded, is_on_hold, .. } = &self.standing;
        let some = |amount: i64| Expr::value(Some(amount).filter(|amount| *amount != 0));
        // An order that was paid when it was placed stays as narrow as it was.
        let paid = Some(*paid).filter(|paid| self.row.paid.is_some() || *paid != self.standing.amounts.total());
        tx.update::<order::Entity>()
            .filter(order::Column::PlacedAt.eq(self.placed_at))
            .filter(order::Column::Id.eq(self.id.0))
            .col_expr(order::Column::Status, Expr::value(Text(*status)))
            .col_expr(order::Column::PaymentStatus, Expr::value(Text(self.standing.payment_status())))
            .col_expr(order::Column::FulfilmentStatus, Expr::value(Text(self.standing.fulfilment_status())))
            .col_expr(order::Column::Paid, Expr::value(paid))
            .col_expr(order::Column::Authorized, some(*authorized))
            .col_expr(order::Column::Refunded, Expr::value(refunded.total()))
            .col_expr(order::Column::RefundedShipping, some(refunded.shipping))
            .col_expr(order::Column::RefundedTax, some(refunded.tax))
            .col_expr(order::Column::RefundedFees, some(refunded.fees))
            .col_expr(order::Column::IsOnHold, Expr::value(*is_on_hold))
            .col_expr(order::Column::Version, Expr::col(order::Column::Version).add(1))
            .col_expr(order::Column::UpdatedAt, Expr::value(tx.scope().now()))
    }

    /// An event about the order; `more` joins its data.
    pub fn event(&self, kind: EventKind, more: &Json) -> NewEvent {
        let mut data = json!({
            "id": self.id, "store": self.store.slug, "number": self.number, "currency": self.currency,
            "total": self.standing.amounts.total(), "status": self.standing.status,
            "payment_status": self.standing.payment_status(), "fulfilment_status": self.standing.fulfilment_status(),
        });
        if let (Some(data), Some(more)) = (data.as_object_mut(), more.as_object()) {
            data.extend(more.clone());
        }
        NewEvent { kind, store: Some(self.store.id), data }
    }
}
