//! People: accounts, passwords, and in which tenants they have a role.

pub mod account;
pub mod ceremonies;
pub mod devices;
pub mod email_keys;
pub mod leaked;
pub mod links;
pub(crate) mod makers;
mod memberships;
pub mod passkeys;
pub mod passwords;
pub(crate) mod profiles;
mod recovery_codes;
pub mod second_factor;
pub mod strength;

use std::collections::HashMap;

use base64::Engine;
use chrono::{DateTime, Utc};
use domain::fields::FieldErrors;
use domain::ids::UserId;
use domain::limits::Limit;
use domain::people::email_key;
use domain::permission::{Permission, Role};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, SelectExt, Set};

use crate::connect::Db;
use crate::entities::enums::RoleName;
use crate::entities::{SharedQueries, TenantQueries, membership, user};
use crate::error::DataError;
use crate::limits;
use crate::scope::{Access, Actor, Tx};
pub use memberships::{Membership, access, access_as, memberships};
pub(crate) use memberships::{custom_role, member_role, read_permissions, read_stores};
use passwords::Passwords;

/// Somebody who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// Their e-mail address.
    pub email: String,
    /// Their name, perhaps empty.
    pub name: String,
    /// Whether they run the platform.
    pub is_platform_admin: bool,
    /// Whether they sign in with a second factor.
    pub has_second_factor: bool,
    /// Whether it is known that the address is theirs: a mail there was answered, or an administrator vouched.
    pub is_proven: bool,
}

/// The e-mail addresses of the people among `actors` (`user:<id>`), by actor. One statement, none without any.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn emails<'a>(
    db: &Db,
    actors: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<String, String>, DataError> {
    let ids: Vec<uuid::Uuid> = actors.into_iter().filter_map(Actor::user_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let users = db.find_shared::<user::Entity>().filter(user::Column::Id.eq_any(ids)).select_only();
    let found: Vec<(uuid::Uuid, String)> =
        users.column(user::Column::Id).column(user::Column::Email).into_tuple().all(&db.conn).await?;
    Ok(found.into_iter().map(|(id, email)| (Actor::User(id.into()).to_string(), email)).collect())
}

/// The person with this e-mail and password. Takes as long for an unknown e-mail as for a wrong password.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn verify(db: &Db, passwords: &Passwords, email: &str, password: &str) -> Result<Option<Person>, DataError> {
    // Nobody has a longer password, and hashing a book takes long.
    let password = if password.len() > domain::people::LONGEST_PASSWORD { "" } else { password };
    let _arrival = passwords.arrive().await?;
    // SQL: one row, whether there is such an account or not, so that the time it takes tells nothing.
    let sql = "select u.id, coalesce(u.password_hash, $2) from (select) one left join users u on u.email_key = $1";
    let query = sqlx::query_as(sql).bind(email_key(email)).bind(passwords.decoy());
    let (id, hash): (Option<uuid::Uuid>, String) = query.fetch_one(&db.pool).await?;
    let right = passwords.verify(password, Some(&hash)).await;
    match id {
        Some(id) if right => person(db, id.into()).await,
        _ => Ok(None),
    }
}

/// The person with this id.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn person(db: &Db, id: UserId) -> Result<Option<Person>, DataError> {
    let found = profiles::profiles(db, &db.conn, [id.0]).await?;
    Ok(found.into_iter().next().map(Person::from))
}

/// Whether somebody has shown, by the way an account is made, that its address is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// They followed a link that went there, or whoever runs the installation made the account.
    Proven,
    /// Nobody knows.
    Unproven,
}

/// Makes an account in the name of whoever runs the installation, who stands for its address.
///
/// # Errors
/// When the e-mail is bad or taken, or the password will not do.
pub async fn create(
    db: &Db,
    passwords: &Passwords,
    email: &str,
    password: &str,
    admin: bool,
) -> Result<UserId, DataError> {
    let hash = check(passwords, email, password).await?;
    insert(db, email, hash, admin, Address::Proven).await
}

/// Makes an account for somebody who was invited.
///
/// # Errors
/// When the e-mail is bad or taken, or the password will not do.
pub async fn create_invited(
    db: &Db,
    passwords: &Passwords,
    email: &str,
    password: &str,
    address: Address,
) -> Result<UserId, DataError> {
    let hash = check(passwords, email, password).await?;
    insert(db, email, hash, false, address).await
}

async fn check(passwords: &Passwords, email: &str, password: &str) -> Result<String, DataError> {
    let mut errors = FieldErrors::default();
    errors.add_if(!domain::orders::new_order::looks_like_email(email) || email.len() > 254, "email", "Enter an email.");
    passwords.check(&mut errors, "password", password, &[email]).await?;
    errors.into_result(())?;
    passwords.hash(password).await
}

async fn insert(db: &Db, email: &str, hash: String, admin: bool, address: Address) -> Result<UserId, DataError> {
    let (id, now): (UserId, _) = (db.clock().id(), db.clock().now());
    let row = user::ActiveModel {
        id: Set(id.0),
        email: Set(email.to_owned()),
        email_key: Set(email_key(email)),
        email_proven_at: Set((address == Address::Proven).then_some(now)),
        name: Set(String::new()),
        password_hash: Set(hash),
        is_platform_admin: Set(admin),
        created_at: Set(now),
    };
    db.insert_shared(row).exec(&db.conn).await.map_err(DataError::from).map_err(email_taken)?;
    Ok(id)
}

/// Makes an account that no password opens, for somebody whom an invitation and a tenant's provider vouch for. They
/// choose a password with a link that is sent to the address, if they want one.
///
/// # Errors
/// When the e-mail is bad or taken.
pub async fn create_without_password(db: &Db, passwords: &Passwords, email: &str) -> Result<UserId, DataError> {
    let email = domain::email::check(email).map_err(|words| FieldErrors::one("email", words))?;
    let mut nobody_knows = [0_u8; 32];
    getrandom::fill(&mut nobody_knows).map_err(|e| DataError::Corrupt(e.to_string()))?;
    let hash = passwords.hash(&base64::engine::general_purpose::STANDARD.encode(nobody_knows)).await?;
    // The provider is the tenant's own, and says of anybody what it likes.
    insert(db, &email, hash, false, Address::Unproven).await
}

/// Notes that `person` has answered a mail to their address.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prove(db: &Db, person: UserId) -> Result<(), DataError> {
    let proven = user::ActiveModel { email_proven_at: Set(Some(db.clock().now())), ..Default::default() };
    let update = db.update_shared::<user::Entity>().set(proven).filter(user::Column::Id.eq(person.0));
    update.filter(user::Column::EmailProvenAt.is_null()).exec(&db.conn).await?;
    Ok(())
}

/// The account with this e-mail, for the command line.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn find(db: &Db, email: &str) -> Result<Option<UserId>, DataError> {
    let found = db.find_shared::<user::Entity>().filter(user::Column::EmailKey.eq(email_key(email)));
    let found: Option<uuid::Uuid> = found.select_only().column(user::Column::Id).into_tuple().one(&db.conn).await?;
    Ok(found.map(UserId::from))
}

/// Gives `person` the role in the scope's tenant, in all its stores, or changes it. Needs [`Permission::ManagePeople`].
///
/// # Errors
/// [`DataError::Refused`] when the tenant would be left without an owner; [`DataError::AtLimit`] when they are no member
/// yet and the tier allows no more.
pub async fn set_role(access: &Access, person: UserId, role: Role) -> Result<(), DataError> {
    let scope = access.scope(Permission::ManagePeople)?;
    let tx = scope.begin().await?;
    // Held before it is looked whether they are one: two that add the same person meet here.
    limits::hold(&tx).await?;
    let member = tx.find::<membership::Entity>().filter(membership::Column::UserId.eq(person.0));
    if !member.exists(tx.conn()).await? {
        limits::claim(&tx, Limit::Members).await?;
    }
    crate::team::keep_an_owner(&tx, person, role == Role::Owner).await?;
    join(&tx, person, role).await?;
    crate::audit::note(&tx, "member.role", &person.to_string(), serde_json::json!({"role": role.as_str()})).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await
}

/// Makes `person` a member with `role` in all stores, whatever they were before; nothing without such an account.
pub(crate) async fn join(tx: &Tx, person: UserId, role: Role) -> Result<(), DataError> {
    let user = tx.find_shared::<user::Entity>().filter(user::Column::Id.eq(person.0)).select_only();
    let proven_at: Option<Option<DateTime<Utc>>> =
        user.column(user::Column::EmailProvenAt).into_tuple().one(tx.conn()).await?;
    let Some(proven_at) = proven_at else { return Ok(()) };
    let row = membership::ActiveModel {
        user_id: Set(person.0),
        role: Set(RoleName::from(role)),
        role_id: Set(None),
        store_ids: Set(None),
        created_at: Set(tx.scope().now()),
        // A role opens nothing to an account of which nobody knows whose address it bears.
        is_vouched: Set(proven_at.is_some()),
        ..Default::default()
    };
    let again = OnConflict::columns([membership::Column::TenantId, membership::Column::UserId])
        .update_columns([membership::Column::Role, membership::Column::RoleId, membership::Column::StoreIds])
        .to_owned();
    tx.insert(row).on_conflict(again).exec_without_returning(tx.conn()).await?;
    Ok(())
}

fn email_taken(error: DataError) -> DataError {
    match error.constraint() {
        Some("users_email") => FieldErrors::one("email", "This email already has an account.").into(),
        _ => error,
    }
}
