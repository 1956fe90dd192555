//! Goods of an order that are sent.

use domain::feed::EventKind;
use domain::ids::FulfilmentId;
use domain::orders::new_order::NewFulfilment;
use sea_orm::Set;
use serde_json::json;

use super::change::Effect;
use super::history::lines_json;
use super::locked::Locked;
use crate::entities::{TenantQueries, fulfilment};
use crate::error::DataError;
use crate::scope::Tx;

/// Records that pieces were sent. Three statements.
///
/// # Errors
/// [`DataError::Invalid`] with the rule's words by field.
pub(super) async fn fulfil(tx: &Tx, order: &mut Locked, new: &NewFulfilment) -> Result<Effect, DataError> {
    let sent = order.standing.fulfil(&new.lines)?;
    let scope = tx.scope();
    let row = fulfilment::ActiveModel {
        order_placed_at: Set(order.placed_at),
        order_id: Set(order.id.0),
        id: Set(scope.clock().id::<FulfilmentId>().0),
        store_id: Set(order.store.id.0),
        at: Set(domain::calendar::settled(new.at)),
        lines: Set(lines_json(sent.iter().copied())),
        carrier: Set(new.carrier.clone()),
        tracking_number: Set(new.tracking_number.clone()),
        tracking_url: Set(new.tracking_url.clone()),
        actor: Set(scope.actor().to_string()),
        ..Default::default()
    };
    tx.insert(row).exec_without_returning(tx.conn()).await?;
    // SQL: any number of lines in one statement, each by its own quantity.
    let sql = "update order_items i set fulfilled_quantity = coalesce(i.fulfilled_quantity, 0) + w.quantity \
               from unnest($4::int[], $5::bigint[]) w (position, quantity) \
               where i.tenant_id = $1 and i.placed_at = $2 and i.order_id = $3 and i.position = w.position";
    let (positions, quantities): (Vec<i32>, Vec<i64>) = sent.iter().copied().unzip();
    tx.run(sql, [order.placed_at.into(), order.id.0.into(), positions.into(), quantities.into()]).await?;
    order.update(tx).exec(tx.conn()).await?;
    let pieces: i64 = sent.iter().map(|(_, quantity)| quantity).sum();
    let details = json!({"pieces": pieces, "carrier": new.carrier, "tracking_number": new.tracking_number});
    Ok(Effect::new(Some(EventKind::OrderFulfilled), "fulfilled", "order.fulfil", details))
}
