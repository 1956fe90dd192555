//! Ways of signing in that take more than one request: what was asked waits here for its answer, for minutes, and is taken
//! once. The session of the browser that was asked holds the name; here is only a hash of it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use sea_orm::{ColumnTrait, QueryFilter, Set};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::connect::Db;
use crate::entities::{SharedQueries, ceremony};
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
    let row = ceremony::ActiveModel {
        id_hash: Set(hash(&name)),
        kind: Set(kind.to_owned()),
        state: Set(state.clone()),
        expires_at: Set(db.clock().now() + LASTS),
    };
    db.insert_shared(row).exec_without_returning(&db.conn).await?;
    Ok(name)
}

/// What was kept under `name`, which is over with that; none when it was taken before, or took too long.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn take(db: &Db, kind: &'static str, name: &str) -> Result<Option<Value>, DataError> {
    let taken = db.delete_shared::<ceremony::Entity>().filter(ceremony::Column::IdHash.eq(hash(name)));
    let taken = taken.filter(ceremony::Column::Kind.eq(kind)).exec_with_returning(&db.conn).await?;
    let in_time = taken.into_iter().find(|row| row.expires_at > db.clock().now());
    Ok(in_time.map(|row| row.state))
}

/// Deletes expired ceremonies.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(db: &Db) -> Result<(), DataError> {
    let over = ceremony::Column::ExpiresAt.lte(db.clock().now());
    db.delete_shared::<ceremony::Entity>().filter(over).exec(&db.conn).await?;
    Ok(())
}

fn hash(name: &str) -> Vec<u8> {
    Sha256::digest(name).to_vec()
}
