//! Writing events.

use domain::feed::EventKind;
use domain::ids::StoreId;
use serde_json::Value;

use crate::error::DataError;
use crate::scope::Tx;

/// An event to be written.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// What happened.
    pub kind: EventKind,
    /// In which store, if in one.
    pub store: Option<StoreId>,
    /// What listeners get as `data:`.
    pub data: Value,
}

/// Numbers and stores `events` (at least one), and what the transaction has noted for the record; the last number. From here to the commit the tenant's other
/// writers wait, so call it late, and before the rollups: whoever holds the head may lock rollups in any order.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn append(tx: &Tx, events: Vec<NewEvent>) -> Result<i64, DataError> {
    // Read from the head, so that it is locked before the end of the record is.
    let (record, recorded) = match tx.take_notes(7) {
        Some((call, values)) => (format!(", {call}"), values),
        None => (String::new(), Vec::new()),
    };
    // SQL: the head grows, any number of events are stored and the record is written in one statement.
    let sql = format!(
        "with head as ( \
                 insert into feed_heads (tenant_id, last_seq) values ($1, $2) \
                 on conflict (tenant_id) do update set last_seq = feed_heads.last_seq + excluded.last_seq returning last_seq), \
               stored as ( \
                 insert into feed_events (tenant_id, seq, kind, store_id, at, data) \
                 select $1, head.last_seq - $2 + e.n, e.kind, nullif(e.store_id, '00000000-0000-0000-0000-000000000000'::uuid), $3, e.data::jsonb \
                 from head, unnest($4::text[], $5::uuid[], $6::text[]) with ordinality e (kind, store_id, data, n)) \
               select last_seq{record} from head"
    );
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let kinds: Vec<String> = events.iter().map(|e| e.kind.as_str().to_owned()).collect();
    let stores: Vec<uuid::Uuid> = events.iter().map(|e| e.store.map_or(uuid::Uuid::nil(), |s| s.0)).collect();
    let data: Vec<String> = events.iter().map(|e| e.data.to_string()).collect();
    let values = [count.into(), tx.scope().now().into(), kinds.into(), stores.into(), data.into()];
    let seq: i64 = tx
        .scalar(&sql, values.into_iter().chain(recorded))
        .await?
        .ok_or_else(|| DataError::Corrupt("feed head did not answer".into()))?;
    tx.note_fed(seq);
    Ok(seq)
}

/// Tells listeners that who may enter changed: each looks whether it may still listen.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn access_changed(tx: &Tx) -> Result<(), DataError> {
    let event = NewEvent { kind: EventKind::AccessChanged, store: None, data: serde_json::json!({}) };
    append(tx, vec![event]).await.map(drop)
}

/// Takes the tenant's turn without writing an event yet: somebody else in this transaction will.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn lock(tx: &Tx) -> Result<(), DataError> {
    // SQL: locks the row, and makes it where there is none.
    let sql = "insert into feed_heads (tenant_id) values ($1) on conflict (tenant_id) do update set last_seq = feed_heads.last_seq";
    tx.run(sql, []).await.map(drop)
}
