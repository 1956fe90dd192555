//! Keys under which a program repeats a request without repeating its effect. The key's row is written
//! in the transaction of the effect, so that both exist or neither.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use sha2::{Digest, Sha256};

use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// An answer as it was given the first time.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: i16,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    request_hash: Vec<u8>,
}

/// What is known of a key.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nothing: go on, and [`store`] the answer before the commit.
    Fresh,
    /// The same request was answered before.
    Replay(StoredAnswer),
    /// The key was used for another request.
    OtherRequest,
    /// The first request with this key still runs.
    Running,
}

/// Takes `key` for the request whose hash is `request`, until the transaction ends.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn claim(tx: &Tx, key: &str, request: &[u8]) -> Result<Claim, DataError> {
    let sql = "select pg_try_advisory_xact_lock(hashtextextended($1::text || ':' || $2, 7))";
    let mine: bool = tx.scalar(sql, [key.into()]).await?.unwrap_or(false);
    if !mine {
        return Ok(Claim::Running);
    }
    let sql = "select status, body, request_hash from idempotency_keys where tenant_id = $1 and key = $2";
    let stored: Option<StoredAnswer> = tx.one(sql, [key.into()]).await?;
    Ok(match stored {
        None => Claim::Fresh,
        Some(answer) if answer.request_hash == request => Claim::Replay(answer),
        Some(_) => Claim::OtherRequest,
    })
}

/// Keeps the answer to the request that claimed `key`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn store(tx: &Tx, key: &str, request: &[u8], status: u16, body: &[u8]) -> Result<(), DataError> {
    let sql = "insert into idempotency_keys (tenant_id, key, request_hash, status, body, created_at) values ($1, $2, $3, $4, $5, $6)";
    let status = i16::try_from(status).unwrap_or(500);
    let values = [key.into(), request.to_vec().into(), status.into(), body.to_vec().into(), tx.scope().now().into()];
    tx.run(sql, values).await.map(drop)
}

/// The hash that tells one request from another.
pub fn request_hash(path: &str, body: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(path.as_bytes());
    hash.update([0]);
    hash.update(body);
    hash.finalize().to_vec()
}

/// Forgets keys that are older than `before`; how many.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(scope: &Scope, before: DateTime<Utc>) -> Result<u64, DataError> {
    let sql = "delete from idempotency_keys where tenant_id = $1 and created_at < $2";
    let tx = scope.begin().await?;
    let gone = tx.run(sql, [before.into()]).await?;
    tx.commit().await?;
    Ok(gone)
}
