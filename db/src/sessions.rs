//! Sessions as rows; Redis has copies of them for speed. They outlive Redis, and can be listed and ended. A session is stored
//! under the SHA-256 of its id, so that a reader of the table cannot use it.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::connect::Db;
use crate::entities::{SharedQueries, session};
use crate::error::DataError;

/// Most sessions that a list shows.
const SHOWN: u64 = 100;

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
    let row =
        session::ActiveModel { id: Set(row_id(id)), created_at: Set(db.clock().now()), ..of_user(db, user, session) };
    let again = OnConflict::column(session::Column::Id)
        .update_columns([
            session::Column::UserId,
            session::Column::Data,
            session::Column::SeenAt,
            session::Column::ExpiresAt,
        ])
        .to_owned();
    db.insert_shared(row).on_conflict(again).exec_without_returning(&db.conn).await?;
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
    // SQL: the end of one and the beginning of the other are one statement.
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
    let update = db.update_shared::<session::Entity>().set(of_user(db, user, session));
    Ok(update.filter(session::Column::Id.eq(row_id(id))).exec(&db.conn).await?.rows_affected > 0)
}

/// A living session.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn load(db: &Db, id: &[u8]) -> Result<Option<StoredSession>, DataError> {
    let living = db
        .find_shared::<session::Entity>()
        .filter(session::Column::Id.eq(row_id(id)))
        .filter(session::Column::ExpiresAt.gt(db.clock().now()));
    let found = living.one(&db.conn).await?;
    Ok(found.map(|row| StoredSession { data: row.data, expires_at: row.expires_at }))
}

/// Notes that a session is in use, which puts off its end; whether it still exists.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn touch(db: &Db, id: &[u8], expires_at: DateTime<Utc>) -> Result<bool, DataError> {
    let now = db.clock().now();
    let row = session::ActiveModel { seen_at: Set(now), expires_at: Set(expires_at), ..Default::default() };
    let living = db
        .update_shared::<session::Entity>()
        .set(row)
        .filter(session::Column::Id.eq(row_id(id)))
        .filter(session::Column::ExpiresAt.gt(now));
    Ok(living.exec(&db.conn).await?.rows_affected > 0)
}

/// Ends one session.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn delete(db: &Db, id: &[u8]) -> Result<(), DataError> {
    db.delete_shared::<session::Entity>().filter(session::Column::Id.eq(row_id(id))).exec(&db.conn).await?;
    Ok(())
}

/// Ends all sessions of a person; the names under which they were kept.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn delete_all(db: &Db, user: UserId) -> Result<Vec<Vec<u8>>, DataError> {
    let ended = db.delete_shared::<session::Entity>().filter(session::Column::UserId.eq(user.0));
    Ok(ended.exec_with_returning(&db.conn).await?.into_iter().map(|row| row.id).collect())
}

/// Ends all sessions of a person but the one with the id `but`; the names under which they were kept.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn delete_others(db: &Db, user: UserId, but: &[u8]) -> Result<Vec<Vec<u8>>, DataError> {
    let ended = db.delete_shared::<session::Entity>().filter(session::Column::UserId.eq(user.0));
    let ended = ended.filter(session::Column::Id.ne(row_id(but))).exec_with_returning(&db.conn).await?;
    Ok(ended.into_iter().map(|row| row.id).collect())
}

/// Ends the session of a person that is kept under the name `row`; whether there was one.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn delete_own(db: &Db, user: UserId, row: &[u8]) -> Result<bool, DataError> {
    let own = db.delete_shared::<session::Entity>().filter(session::Column::UserId.eq(user.0));
    Ok(own.filter(session::Column::Id.eq(row)).exec(&db.conn).await?.rows_affected > 0)
}

/// The sessions that a person has open, the last used first; the newest 100. Index: `sessions_user`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn list(db: &Db, user: UserId) -> Result<Vec<OwnSession>, DataError> {
    let open = db
        .find_shared::<session::Entity>()
        .filter(session::Column::UserId.eq(user.0))
        .filter(session::Column::ExpiresAt.gt(db.clock().now()))
        .order_by_desc(session::Column::SeenAt)
        .order_by_asc(session::Column::Id)
        .limit(SHOWN);
    let own = |row: session::Model| OwnSession {
        row: row.id,
        data: row.data,
        created_at: row.created_at,
        seen_at: row.seen_at,
    };
    Ok(open.all(&db.conn).await?.into_iter().map(own).collect())
}

/// Deletes expired sessions, and returns how many.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(db: &Db) -> Result<u64, DataError> {
    let over = session::Column::ExpiresAt.lte(db.clock().now());
    Ok(db.delete_shared::<session::Entity>().filter(over).exec(&db.conn).await?.rows_affected)
}

// What is stored of it whenever it is.
fn of_user(db: &Db, user: Option<UserId>, session: &StoredSession) -> session::ActiveModel {
    session::ActiveModel {
        user_id: Set(user.map(|user| user.0)),
        data: Set(session.data.clone()),
        seen_at: Set(db.clock().now()),
        expires_at: Set(session.expires_at),
        ..Default::default()
    }
}
