//! Sessions as rows: what stands behind the fast path in Redis. They outlive Redis, can be listed by their
//! owner and ended by anyone who may. A session is stored under the SHA-256 of its id: reading the table signs nobody in.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::connect::Db;
use crate::error::DataError;

/// A session as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredSession {
    /// What the web layer keeps in it.
    pub data: Value,
    /// When it ends if it stays idle, or absolutely: whichever is earlier.
    pub expires_at: DateTime<Utc>,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnSession {
    /// The name under which it is kept.
    pub row: Vec<u8>,
    /// What the web layer keeps in it.
    pub data: Value,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
}

/// The name under which a session with this id is kept.
pub fn row_id(id: &[u8]) -> Vec<u8> {
    Sha256::digest(id).to_vec()
}

/// Stores or replaces a session.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn save(db: &Db, id: &[u8], user: Option<UserId>, session: &StoredSession) -> Result<(), DataError> {
    let sql = "insert into sessions (id, user_id, data, created_at, seen_at, expires_at) values ($1, $2, $3, $4, $4, $5) \
               on conflict (id) do update set user_id = excluded.user_id, data = excluded.data, seen_at = excluded.seen_at, expires_at = excluded.expires_at";
    sqlx::query(sql)
        .bind(row_id(id))
        .bind(user.map(|u| u.0))
        .bind(&session.data)
        .bind(db.clock().now())
        .bind(session.expires_at)
        .execute(&db.pool)
        .await?;
    Ok(())
}

/// Stores a session in the place of the one with the id `old`, which ends: both or neither.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn replace(
    db: &Db,
    old: &[u8],
    id: &[u8],
    user: Option<UserId>,
    session: &StoredSession,
) -> Result<(), DataError> {
    let sql = "with ended as (delete from sessions where id = $6) \
               insert into sessions (id, user_id, data, created_at, seen_at, expires_at) values ($1, $2, $3, $4, $4, $5)";
    sqlx::query(sql)
        .bind(row_id(id))
        .bind(user.map(|u| u.0))
        .bind(&session.data)
        .bind(db.clock().now())
        .bind(session.expires_at)
        .bind(row_id(old))
        .execute(&db.pool)
        .await?;
    Ok(())
}

/// Replaces a session only while it still exists; whether it did. A session that was ended stays ended.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn update(db: &Db, id: &[u8], user: Option<UserId>, session: &StoredSession) -> Result<bool, DataError> {
    let sql = "update sessions set user_id = $2, data = $3, seen_at = $4, expires_at = $5 where id = $1";
    let done = sqlx::query(sql)
        .bind(row_id(id))
        .bind(user.map(|u| u.0))
        .bind(&session.data)
        .bind(db.clock().now())
        .bind(session.expires_at)
        .execute(&db.pool)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// A living session.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn load(db: &Db, id: &[u8]) -> Result<Option<StoredSession>, DataError> {
    let sql = "select data, expires_at from sessions where id = $1 and expires_at > $2";
    let found: Option<(Value, DateTime<Utc>)> =
        sqlx::query_as(sql).bind(row_id(id)).bind(db.clock().now()).fetch_optional(&db.pool).await?;
    Ok(found.map(|(data, expires_at)| StoredSession { data, expires_at }))
}

/// Notes that a session is in use, which puts off its end; whether it still exists.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn touch(db: &Db, id: &[u8], expires_at: DateTime<Utc>) -> Result<bool, DataError> {
    let sql = "update sessions set seen_at = $2, expires_at = $3 where id = $1 and expires_at > $2";
    let done = sqlx::query(sql).bind(row_id(id)).bind(db.clock().now()).bind(expires_at).execute(&db.pool).await?;
    Ok(done.rows_affected() > 0)
}

/// Ends one session.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn delete(db: &Db, id: &[u8]) -> Result<(), DataError> {
    sqlx::query("delete from sessions where id = $1").bind(row_id(id)).execute(&db.pool).await?;
    Ok(())
}

/// Ends all sessions of a person; the names under which they were kept.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn delete_all(db: &Db, user: UserId) -> Result<Vec<Vec<u8>>, DataError> {
    Ok(sqlx::query_scalar("delete from sessions where user_id = $1 returning id")
        .bind(user.0)
        .fetch_all(&db.pool)
        .await?)
}

/// Ends all sessions of a person but the one with the id `but`; the names under which they were kept.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn delete_others(db: &Db, user: UserId, but: &[u8]) -> Result<Vec<Vec<u8>>, DataError> {
    let sql = "delete from sessions where user_id = $1 and id <> $2 returning id";
    Ok(sqlx::query_scalar(sql).bind(user.0).bind(row_id(but)).fetch_all(&db.pool).await?)
}

/// Ends the session of a person that is kept under the name `row`; whether there was one.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn delete_own(db: &Db, user: UserId, row: &[u8]) -> Result<bool, DataError> {
    let sql = "delete from sessions where user_id = $1 and id = $2";
    Ok(sqlx::query(sql).bind(user.0).bind(row).execute(&db.pool).await?.rows_affected() > 0)
}

/// The sessions that a person has open, the last used first; the newest 100. Index: `sessions_user`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn list(db: &Db, user: UserId) -> Result<Vec<OwnSession>, DataError> {
    let sql = "select id, data, created_at, seen_at from sessions where user_id = $1 and expires_at > $2 \
               order by seen_at desc, id limit 100";
    type Row = (Vec<u8>, Value, DateTime<Utc>, DateTime<Utc>);
    let rows: Vec<Row> = sqlx::query_as(sql).bind(user.0).bind(db.clock().now()).fetch_all(&db.pool).await?;
    Ok(rows.into_iter().map(|(row, data, created_at, seen_at)| OwnSession { row, data, created_at, seen_at }).collect())
}

/// Removes sessions that ended, and ceremonies of signing in that nobody finished; how many sessions.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(db: &Db) -> Result<u64, DataError> {
    crate::people::ceremonies::prune(db).await?;
    let done =
        sqlx::query("delete from sessions where expires_at <= $1").bind(db.clock().now()).execute(&db.pool).await?;
    Ok(done.rows_affected())
}
