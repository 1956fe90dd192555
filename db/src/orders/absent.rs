//! Why there is no row of an order that has a reference: its quarter is archived. Its number, its refunds, its history and
//! its part in every figure stay.

use domain::quarter::Quarter;

use crate::entities::order_ref;
use crate::error::DataError;
use crate::partitions::archived_since;
use crate::scope::Tx;

/// [`DataError::Archived`] for an order that is archived, else [`DataError::NotFound`].
pub(super) async fn why(tx: &Tx, reference: &order_ref::Model) -> DataError {
    let since = match archived_since(tx, reference.placed_at).await {
        Ok(Some(since)) => since,
        Ok(None) => return DataError::NotFound("order"),
        Err(error) => return error,
    };
    let quarter = Quarter::of(reference.placed_at.date_naive());
    DataError::Archived(format!(
        "Order {} was placed on {} and archived on {} with all orders of {quarter}. It still counts in all figures. \
         To see it, ask your platform admin to restore {quarter}.",
        reference.number,
        reference.placed_at.format("%-d %B %Y"),
        since.format("%-d %B %Y")
    ))
}
