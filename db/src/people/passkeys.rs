//! Passkeys: keys on people's devices that sign them in. Here are the public halves; what they mean is the server's business.

use chrono::{DateTime, Utc};
use domain::fields::FieldErrors;
use domain::ids::{PasskeyId, UserId};
use sea_orm::sea_query::{ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DerivePartialModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};
use serde_json::Value;
use uuid::Uuid;

use super::{profiles, recovery_codes};
use crate::connect::Db;
use crate::entities::{SharedQueries, passkey, user};
use crate::error::DataError;
use crate::transaction::Setting;

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
    let found: Vec<Shown> = oldest_first(db, person).into_partial_model().all(&db.conn).await?;
    Ok(found.into_iter().map(Passkey::from).collect())
}

/// The names under which the devices of `person` know their passkeys.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn credential_ids(db: &Db, person: UserId) -> Result<Vec<Vec<u8>>, DataError> {
    let ids = oldest_first(db, person).select_only().column(passkey::Column::CredentialId);
    Ok(ids.into_tuple().all(&db.conn).await?)
}

/// The passkey of `person` that a device knows as `credential_id`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn find(db: &Db, person: UserId, credential_id: &[u8]) -> Result<Option<Stored>, DataError> {
    let found = of_user(db, person).filter(passkey::Column::CredentialId.eq(credential_id));
    let found = found.one(&db.conn).await?;
    Ok(found.map(|row| Stored { id: PasskeyId(row.id), name: row.name, credential: row.credential }))
}

/// Adds a passkey. The recovery codes, which can be read only now, when it is the first thing beside the password that
/// signs `person` in.
///
/// # Errors
/// What stands against it, as a fault of `passkey_name`.
pub async fn add(db: &Db, person: UserId, new: NewPasskey) -> Result<Option<Vec<String>>, DataError> {
    let tx = db.begin(Setting::Person(person)).await?;
    // Two that are added at once wait for each other here.
    let user = tx.find_shared::<user::Entity>().filter(user::Column::Id.eq(person.0)).lock_exclusive();
    let user = user.select_only().expr_as(profiles::has_second_factor(), "has_second_factor");
    let has_factor = user.into_tuple().one(&tx).await?.unwrap_or(false);
    let count = of_user(&tx, person).count(&tx).await?;
    check_room(i64::try_from(count).unwrap_or(i64::MAX))?;
    let row = passkey::ActiveModel {
        user_id: Set(person.0),
        id: Set(db.clock().id::<PasskeyId>().0),
        credential_id: Set(new.credential_id),
        name: Set(new.name),
        credential: Set(new.credential),
        counter: Set(0),
        created_at: Set(db.clock().now()),
        last_used_at: Set(None),
    };
    let known = OnConflict::column(passkey::Column::CredentialId).do_nothing().to_owned();
    if tx.insert_shared(row).on_conflict(known).exec_without_returning(&tx).await? == 0 {
        return Err(FieldErrors::one("passkey_name", "This passkey is already registered.").into());
    }
    tx.commit().await?;
    if has_factor { Ok(None) } else { recovery_codes::renew(db, person).await.map(Some) }
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
    let counter = i64::from(counter);
    let row = passkey::ActiveModel {
        credential: Set(credential.clone()),
        counter: Set(counter),
        last_used_at: Set(Some(db.clock().now())),
        ..Default::default()
    };
    let counts_on = passkey::Column::Counter.lt(counter);
    // Devices that do not count stay at 0.
    let counts_on = if counter == 0 { counts_on.or(passkey::Column::Counter.eq(0)) } else { counts_on };
    let update = db
        .update_shared::<passkey::Entity>()
        .set(row)
        .filter(passkey::Column::UserId.eq(person.0))
        .filter(passkey::Column::Id.eq(id.0))
        .filter(counts_on);
    Ok(update.exec(&db.conn).await?.rows_affected > 0)
}

/// Removes a passkey of `person`; what it was called, if there was one. Recovery codes go with the last thing that they
/// stood in for.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn remove(db: &Db, person: UserId, id: PasskeyId) -> Result<Option<String>, DataError> {
    let tx = db.begin(Setting::Person(person)).await?;
    let delete = tx.delete_shared::<passkey::Entity>().filter(passkey::Column::UserId.eq(person.0));
    let removed = delete.filter(passkey::Column::Id.eq(id.0)).exec_with_returning(&tx).await?;
    recovery_codes::drop_needless(&tx, person).await?;
    tx.commit().await?;
    Ok(removed.into_iter().next().map(|row| row.name))
}

#[derive(DerivePartialModel)]
#[sea_orm(entity = "passkey::Entity")]
struct Shown {
    id: Uuid,
    name: String,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
}

impl From<Shown> for Passkey {
    fn from(row: Shown) -> Self {
        Self { id: PasskeyId(row.id), name: row.name, created_at: row.created_at, last_used_at: row.last_used_at }
    }
}

fn oldest_first(db: &Db, person: UserId) -> Select<passkey::Entity> {
    of_user(db, person).order_by_asc(passkey::Column::CreatedAt).order_by_asc(passkey::Column::Id)
}

fn of_user(handle: &impl SharedQueries, person: UserId) -> Select<passkey::Entity> {
    handle.find_shared::<passkey::Entity>().filter(passkey::Column::UserId.eq(person.0))
}
