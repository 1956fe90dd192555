//! What a stored order counts for in the figures, so that it can be taken out of them: when it is cancelled, or when another
//! state of it takes its place.

use chrono::{DateTime, Utc};
use domain::orders::refund::Parts;
use domain::orders::{Figures, OrderKind, OrderStatus};
use domain::settings::ReturnDay;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use super::locked::Locked;
use crate::entities::{TenantQueries, refund};
use crate::error::DataError;
use crate::rollups::Deltas;
use crate::scope::Tx;

/// What an order counts for.
pub(super) struct Counted {
    placed: Figures,
    sold: Vec<Sold>,
    refunds: Vec<(DateTime<Utc>, Parts)>,
}

#[derive(FromQueryResult)]
struct Sold {
    product_id: Uuid,
    quantity: i64,
    gross: i64,
}

impl Counted {
    /// Reads it. Two statements at most.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn of(tx: &Tx, order: &Locked) -> Result<Self, DataError> {
        let standing = &order.standing;
        if standing.status == OrderStatus::Cancelled {
            let placed = Figures { cancelled: 1, ..Figures::default() };
            return Ok(Self { placed, sold: Vec::new(), refunds: Vec::new() });
        }
        Ok(Self {
            placed: Figures::of_order(standing.kind, order.item_count, &standing.amounts),
            sold: if standing.kind == OrderKind::Sale { sold(tx, order).await? } else { Vec::new() },
            refunds: if standing.refunded.total() == 0 { Vec::new() } else { refunds(tx, order).await? },
        })
    }

    /// Whether the day on which its refunds count matters.
    pub const fn has_refunds(&self) -> bool {
        !self.refunds.is_empty()
    }

    /// Takes it out of the figures. `rule` is the store's, read behind the feed's head.
    pub fn take_out(&self, order: &Locked, rule: ReturnDay, deltas: &mut Deltas) {
        deltas.add(&order.store, order.placed_at, order.currency, -self.placed);
        for sold in &self.sold {
            let (at, product) = (order.placed_at, sold.product_id.into());
            deltas.add_product(&order.store, at, product, order.currency, -sold.quantity, -sold.gross);
        }
        for (at, parts) in &self.refunds {
            let counts_at = rule.counts_at(*at, order.placed_at);
            deltas.add(&order.store, counts_at, order.currency, -Figures::of_refund(*parts));
        }
    }
}

async fn sold(tx: &Tx, order: &Locked) -> Result<Vec<Sold>, DataError> {
    // SQL: a sum over a join within the order's partition.
    let sql = "select v.product_id, sum(i.quantity)::bigint quantity, sum(i.amount - case when $4 then coalesce(i.tax, 0) else 0 end)::bigint gross \
               from order_items i join variants v on v.tenant_id = i.tenant_id and v.id = i.variant_id \
               where i.tenant_id = $1 and i.placed_at = $2 and i.order_id = $3 and i.kind = 'product' group by v.product_id";
    tx.all(sql, [order.placed_at.into(), order.id.0.into(), order.row.prices_include_tax.into()]).await
}

async fn refunds(tx: &Tx, order: &Locked) -> Result<Vec<(DateTime<Utc>, Parts)>, DataError> {
    let rows = tx
        .find::<refund::Entity>()
        .filter(refund::Column::OrderPlacedAt.eq(order.placed_at))
        .filter(refund::Column::OrderId.eq(order.id.0))
        .filter(refund::Column::IsCounted.eq(true));
    let parts = |refund: refund::Model| {
        let refund::Model { at, amount, shipping, tax, fees, .. } = refund;
        (at, Parts { goods: amount - shipping - tax - fees, shipping, tax, fees })
    };
    Ok(rows.all(tx.conn()).await?.into_iter().map(parts).collect())
}
