//! Passkeys: keys on people's devices that sign them in. Here are the public halves; what they mean is the server's business.

use chrono::{DateTime, Utc};
use domain::fields::FieldErrors;
use domain::ids::{PasskeyId, UserId};
use serde_json::Value;
use uuid::Uuid;

use super::second_factor;
use crate::connect::Db;
use crate::error::DataError;

/// Most that somebody has.
pub const MOST: i64 = 20;

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Its id.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last signed somebody in.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A passkey that was just made.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// What its owner calls it.
    pub name: String,
    /// The name under which the device knows it.
    pub credential_id: Vec<u8>,
    /// The public key and what belongs to it.
    pub credential: Value,
}

/// A passkey as signatures are checked with it.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its id.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// The public key and what belongs to it.
    pub credential: Value,
}

/// The passkeys of `person`, the oldest first.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn list(db: &Db, person: UserId) -> Result<Vec<Passkey>, DataError> {
    let sql = "select id, name, created_at, last_used_at from passkeys where user_id = $1 order by created_at, id";
    type Row = (Uuid, String, DateTime<Utc>, Option<DateTime<Utc>>);
    let rows: Vec<Row> = sqlx::query_as(sql).bind(person.0).fetch_all(&db.pool).await?;
    let passkey =
        |(id, name, created_at, last_used_at): Row| Passkey { id: PasskeyId(id), name, created_at, last_used_at };
    Ok(rows.into_iter().map(passkey).collect())
}

/// The names under which the devices of `person` know their passkeys.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn credential_ids(db: &Db, person: UserId) -> Result<Vec<Vec<u8>>, DataError> {
    let sql = "select credential_id from passkeys where user_id = $1 order by created_at, id";
    Ok(sqlx::query_scalar(sql).bind(person.0).fetch_all(&db.pool).await?)
}

/// The passkey of `person` that a device knows as `credential_id`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn find(db: &Db, person: UserId, credential_id: &[u8]) -> Result<Option<Stored>, DataError> {
    let sql = "select id, name, credential from passkeys where user_id = $1 and credential_id = $2";
    let row: Option<(Uuid, String, Value)> =
        sqlx::query_as(sql).bind(person.0).bind(credential_id).fetch_optional(&db.pool).await?;
    Ok(row.map(|(id, name, credential)| Stored { id: PasskeyId(id), name, credential }))
}

/// Adds a passkey. The recovery codes, which can be read only now, when it is the first thing beside the password that
/// signs `person` in.
///
/// # Errors
/// What stands against it, as a fault of `passkey_name`.
pub async fn add(db: &Db, person: UserId, new: NewPasskey) -> Result<Option<Vec<String>>, DataError> {
    let mut tx = db.pool.begin().await?;
    // Two that are added at once wait for each other here.
    let sql = "select stoa_has_second_factor(id), (select count(*) from passkeys p where p.user_id = id) \
               from users where id = $1 for update";
    let (has_factor, count): (bool, i64) = sqlx::query_as(sql).bind(person.0).fetch_one(&mut *tx).await?;
    check_room(count)?;
    let sql = "insert into passkeys (user_id, id, credential_id, name, credential, counter, created_at) \
               values ($1, $2, $3, $4, $5, 0, $6) on conflict (credential_id) do nothing";
    let id: PasskeyId = db.clock().id();
    let query = sqlx::query(sql).bind(person.0).bind(id.0).bind(new.credential_id).bind(new.name);
    let done = query.bind(new.credential).bind(db.clock().now()).execute(&mut *tx).await?;
    if done.rows_affected() == 0 {
        return Err(FieldErrors::one("passkey_name", "This passkey is already registered.").into());
    }
    tx.commit().await?;
    if has_factor { Ok(None) } else { second_factor::renew(db, person).await.map(Some) }
}

/// Whether there is room for one more.
///
/// # Errors
/// When there is none, as a fault of `passkey_name`.
pub fn check_room(count: i64) -> Result<(), DataError> {
    if count < MOST {
        return Ok(());
    }
    Err(FieldErrors::one("passkey_name", "You have 20 passkeys. Remove one first.").into())
}

/// Notes that a passkey signed `person` in, when its device had counted to `counter`; false when it had done so before:
/// then there are two of it.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn used(db: &Db, person: UserId, id: PasskeyId, credential: &Value, counter: u32) -> Result<bool, DataError> {
    let sql = "update passkeys set credential = $3, counter = $4, last_used_at = $5 \
               where user_id = $1 and id = $2 and (counter < $4 or (counter = 0 and $4 = 0))";
    let query = sqlx::query(sql).bind(person.0).bind(id.0).bind(credential).bind(i64::from(counter));
    Ok(query.bind(db.clock().now()).execute(&db.pool).await?.rows_affected() > 0)
}

/// Removes a passkey of `person`; what it was called, if there was one. Recovery codes go with the last thing that they
/// stood in for.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn remove(db: &Db, person: UserId, id: PasskeyId) -> Result<Option<String>, DataError> {
    let mut tx = db.pool.begin().await?;
    let sql = "delete from passkeys where user_id = $1 and id = $2 returning name";
    let name = sqlx::query_scalar(sql).bind(person.0).bind(id.0).fetch_optional(&mut *tx).await?;
    second_factor::drop_needless_codes(&mut tx, person).await?;
    tx.commit().await?;
    Ok(name)
}
