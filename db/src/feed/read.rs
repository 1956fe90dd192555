//! Reading events.

use sea_orm::FromQueryResult;
use serde_json::Value;

use crate::entities::{TenantQueries, feed_head};
use crate::error::DataError;
use crate::scope::Tx;

/// A stored event.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Event {
    /// Its number in the tenant's feed.
    pub seq: i64,
    /// What happened.
    pub kind: String,
    /// In which store, if in one.
    pub store_id: Option<uuid::Uuid>,
    /// What listeners get.
    pub data: Value,
    /// The same as JSON text: written once, however many listen.
    #[sea_orm(skip)]
    pub text: Box<str>,
}

/// The number of the tenant's last event; 0 before the first.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn head(tx: &Tx) -> Result<i64, DataError> {
    let head = tx.find::<feed_head::Entity>().one(tx.conn()).await?;
    Ok(head.map_or(0, |head| head.last_seq))
}

/// Up to `limit` events after number `after`, oldest first. Index: the primary key.
pub(super) async fn after(tx: &Tx, after: i64, limit: i64) -> Result<Vec<Event>, DataError> {
    // SQL: the kind as text: what a newer version wrote is passed on, whether or not this one knows it.
    let sql =
        "select seq, kind, store_id, data from feed_events where tenant_id = $1 and seq > $2 order by seq limit $3";
    let mut events: Vec<Event> = tx.all(sql, [after.into(), limit.into()]).await?;
    for event in &mut events {
        event.text = event.data.to_string().into();
    }
    Ok(events)
}
