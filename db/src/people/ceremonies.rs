//! Ways of signing in that take more than one request: what was asked waits here for its answer, for minutes, and is taken
//! once. The session of the browser that was asked holds the name; here is only a hash of it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::connect::Db;
use crate::error::DataError;

/// How long an answer may take.
pub const LASTS: TimeDelta = TimeDelta::minutes(10);

/// Keeps `state` until it is answered; the name under which.
///
/// # Errors
/// When PostgreSQL fails or the machine has no randomness left.
pub async fn begin(db: &Db, kind: &'static str, state: &Value) -> Result<String, DataError> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).map_err(|e| DataError::Corrupt(e.to_string()))?;
    let name = URL_SAFE_NO_PAD.encode(bytes);
    let sql = "insert into ceremonies (id_hash, kind, state, expires_at) values ($1, $2, $3, $4)";
    let until = db.clock().now() + LASTS;
    sqlx::query(sql).bind(hash(&name)).bind(kind).bind(state).bind(until).execute(&db.pool).await?;
    Ok(name)
}

/// What was kept under `name`, which is over with that; none when it was taken before, or took too long.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn take(db: &Db, kind: &'static str, name: &str) -> Result<Option<Value>, DataError> {
    let sql = "delete from ceremonies where id_hash = $1 and kind = $2 returning state, expires_at > $3";
    let row: Option<(Value, bool)> =
        sqlx::query_as(sql).bind(hash(name)).bind(kind).bind(db.clock().now()).fetch_optional(&db.pool).await?;
    Ok(row.and_then(|(state, in_time)| in_time.then_some(state)))
}

/// Removes those that nobody answered in time.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(db: &Db) -> Result<(), DataError> {
    sqlx::query("delete from ceremonies where expires_at <= $1").bind(db.clock().now()).execute(&db.pool).await?;
    Ok(())
}

fn hash(name: &str) -> Vec<u8> {
    Sha256::digest(name).to_vec()
}
