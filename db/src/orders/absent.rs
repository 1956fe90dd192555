//! Why there is no row of an order: it never was, or its quarter is archived. Its number, its refunds, its history and
//! its part in every figure stay.

use chrono::{DateTime, Utc};
use domain::quarter::Quarter;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::error::DataError;
use crate::partitions::archived_since;
use crate::scope::Tx;
use crate::stores::Store;

#[derive(FromQueryResult)]
struct Kept {
    store_id: Uuid,
    number: String,
    placed_at: DateTime<Utc>,
}

/// [`DataError::Archived`] for an order of one of `stores` that is archived, else [`DataError::NotFound`]. `which` names it
/// among `order_refs r`, with `key` from `$2` on.
pub(super) async fn why(tx: &Tx, stores: &[Store], which: &str, key: Vec<Value>) -> DataError {
    look(tx, stores, which, key).await.unwrap_or_else(|error| error)
}

async fn look(tx: &Tx, stores: &[Store], which: &str, key: Vec<Value>) -> Result<DataError, DataError> {
    let sql = format!("select r.store_id, r.number, r.placed_at from order_refs r where r.tenant_id = $1 and {which}");
    let kept: Option<Kept> = tx.one(&sql, key).await?;
    let Some(kept) = kept.filter(|kept| stores.iter().any(|s| s.id.0 == kept.store_id)) else {
        return Ok(DataError::NotFound("order"));
    };
    let Some(since) = archived_since(tx, kept.placed_at).await? else { return Ok(DataError::NotFound("order")) };
    let (number, quarter) = (kept.number, Quarter::of(kept.placed_at.date_naive()));
    Ok(DataError::Archived(format!(
        "Order {number} was placed on {} and archived on {} with all orders of {quarter}. It still counts in all \
         figures. To see it, ask your platform admin to restore {quarter}.",
        kept.placed_at.format("%-d %B %Y"),
        since.format("%-d %B %Y")
    )))
}
