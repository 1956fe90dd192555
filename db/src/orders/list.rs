//! One page of orders.

use domain::orders::OrderQuery;
use domain::page::Page;

use super::rows::OrderRow;
use crate::error::DataError;
use crate::scope::Scope;

/// One page, newest first.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub async fn list(scope: &Scope, query: &OrderQuery) -> Result<Page<OrderRow>, DataError> {
    let _ = (scope, query);
    Err(DataError::Busy)
}
