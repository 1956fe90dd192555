//! Keys under which a program repeats a request without repeating its effect. The key's row is written
//! in the transaction of the effect, so that both exist or neither. An answer is found by whoever reaches the stores that it
//! is about; to everybody else the key was never used.

use chrono::{DateTime, Utc};
use domain::ids::StoreId;
use domain::people::StoreAccess;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, Set};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::entities::{TenantQueries, idempotency_key};
use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// A key, and the hash of the request that came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key, as it was sent.
    pub key: String,
    /// See [`request_hash`].
    pub request: Vec<u8>,
}

/// A first answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

/// An answer as it was given the first time.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: i16,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    request_hash: Vec<u8>,
}

/// An answer to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewAnswer<'a> {
    /// HTTP status.
    pub status: u16,
    /// The body, byte for byte.
    pub body: &'a [u8],
    /// The stores that it is about.
    pub stores: &'a [StoreId],
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
    let reach = reach(tx.scope().stores());
    // Whoever reaches other stores learns from waiting as little as from answers.
    // SQL: an advisory lock has no word in the query builder.
    let sql = "select pg_try_advisory_xact_lock(hashtextextended($1::text || ':' || $2 || ':' || $3, 7))";
    let mine: bool = tx.scalar(sql, [key.into(), reach.as_str().into()]).await?.unwrap_or(false);
    if !mine {
        return Ok(Claim::Running);
    }
    // An array contained in another has no word in the query builder.
    // SQL: an array that contains another has no word in the query builder.
    let sql = "select status, body, request_hash from idempotency_keys where tenant_id = $1 and key = $2 \
                 and (reach = $3 or $4::uuid[] is null or stores <@ $4) order by request_hash = $5 desc limit 1";
    let only: Option<Vec<Uuid>> = tx.scope().stores().only().map(|stores| stores.iter().map(|s| s.0).collect());
    let values = [key.into(), reach.into(), only.into(), request.to_vec().into()];
    let stored: Option<StoredAnswer> = tx.one(sql, values).await?;
    Ok(match stored {
        None => Claim::Fresh,
        Some(answer) if answer.request_hash == request => Claim::Replay(answer),
        Some(_) => Claim::OtherRequest,
    })
}

/// Keeps the answer to the request that claimed `key`. It is about `stores`; where none are named, it is given only to
/// whoever reaches the same stores as the actor.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn store(tx: &Tx, key: &str, request: &[u8], answer: &NewAnswer<'_>) -> Result<(), DataError> {
    let stores: Vec<Uuid> = answer.stores.iter().map(|store| store.0).collect();
    let row = idempotency_key::ActiveModel {
        key: Set(key.to_owned()),
        request_hash: Set(request.to_vec()),
        status: Set(i16::try_from(answer.status).unwrap_or(500)),
        body: Set(answer.body.to_vec()),
        created_at: Set(tx.scope().now()),
        reach: Set(reach(tx.scope().stores())),
        stores: Set(Some(stores).filter(|stores| !stores.is_empty())),
        ..Default::default()
    };
    tx.insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

// As it is stored: nothing for all stores.
fn reach(stores: &StoreAccess) -> String {
    let ids = stores.only().unwrap_or_default().iter().map(ToString::to_string);
    ids.collect::<Vec<_>>().join(",")
}

/// The hash that tells one request from another.
pub fn request_hash(path: &str, body: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(path.as_bytes());
    hash.update([0]);
    hash.update(body);
    hash.finalize().to_vec()
}

/// Stores the answer to a request that changed nothing, under `key`; what is known of the key instead, if it was used
/// meanwhile.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn answer_unchanged(scope: &Scope, key: &Key, answer: &Answer) -> Result<Claim, DataError> {
    let tx = scope.begin().await?;
    let claim = claim(&tx, &key.key, &key.request).await?;
    if claim == Claim::Fresh {
        let new = NewAnswer { status: answer.status, body: &answer.body, stores: &[] };
        store(&tx, &key.key, &key.request, &new).await?;
        tx.commit().await?;
    } else {
        tx.roll_back().await?;
    }
    Ok(claim)
}

/// Forgets keys that are older than `before`; how many.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(scope: &Scope, before: DateTime<Utc>) -> Result<u64, DataError> {
    let tx = scope.begin().await?;
    let old = tx.delete::<idempotency_key::Entity>().filter(idempotency_key::Column::CreatedAt.lt(before));
    let gone = old.exec(tx.conn()).await?.rows_affected;
    tx.commit().await?;
    Ok(gone)
}
