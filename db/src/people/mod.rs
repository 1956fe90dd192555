//! People: accounts, passwords, and in which tenants they have a role.

pub mod passwords;

use std::collections::HashMap;

use domain::fields::FieldErrors;
use domain::ids::{TenantId, UserId};
use domain::limits::Limit;
use domain::permission::{Permission, Role};
use sea_orm::{ActiveModelTrait, EntityTrait, FromQueryResult, QueryResult, Set};

use crate::connect::Db;
use crate::entities::{membership, user};
use crate::error::DataError;
use crate::limits;
use crate::scope::{Access, Actor, Grants, Scope};
use crate::transaction::Setting;
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
}

/// A tenant as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The tenant.
    pub tenant: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The member's role.
    pub role: Role,
    /// Why the tenant is closed, if it is: then nobody gets in, but its members are told.
    pub suspended: Option<String>,
}

#[derive(FromQueryResult)]
struct MembershipRow {
    id: uuid::Uuid,
    slug: String,
    name: String,
    role: String,
    is_suspended: bool,
    suspended_for: Option<String>,
}

/// The e-mail addresses of the people among `actors` (`user:<id>`), by actor. One statement, none without any.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn emails<'a>(
    db: &Db,
    actors: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<String, String>, DataError> {
    let id = |actor: &str| actor.strip_prefix("user:")?.parse::<uuid::Uuid>().ok();
    let ids: Vec<uuid::Uuid> = actors.into_iter().filter_map(id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "select id, email from users where id = any($1)";
    let found: Vec<(uuid::Uuid, String)> = sqlx::query_as(sql).bind(ids).fetch_all(&db.pool).await?;
    Ok(found.into_iter().map(|(id, email)| (Actor::User(id.into()).to_string(), email)).collect())
}

/// The person with this e-mail and password. Takes as long for an unknown e-mail as for a wrong password.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn verify(db: &Db, passwords: &Passwords, email: &str, password: &str) -> Result<Option<Person>, DataError> {
    let sql = "select id, password_hash from users where lower(email) = lower($1)";
    let found: Option<(uuid::Uuid, String)> = sqlx::query_as(sql).bind(email.trim()).fetch_optional(&db.pool).await?;
    let (id, hash) = found.map_or((None, None), |(id, hash)| (Some(id), Some(hash)));
    let right = passwords.verify(password, hash.as_deref()).await;
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
    let found = user::Entity::find_by_id(id.0).one(&db.conn).await?;
    Ok(found.map(|u| Person { id: u.id.into(), email: u.email, name: u.name, is_platform_admin: u.is_platform_admin }))
}

/// The tenants of a person, by name; those also that are closed.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn memberships(db: &Db, person: UserId) -> Result<Vec<Membership>, DataError> {
    let tx = db.begin(Setting::Person(person)).await?;
    let sql = "select t.id, t.slug, t.name, m.role, t.suspended_at is not null as is_suspended, t.suspended_for \
               from memberships m join tenants t on t.id = m.tenant_id where m.user_id = $1 order by t.name";
    let rows = tx.all(sql, vec![person.0.into()]).await?;
    drop(tx);
    let parse = |row: MembershipRow| {
        let role = row.role.parse().map_err(|_| DataError::Corrupt(format!("memberships.role is '{}'", row.role)))?;
        let suspended = row.is_suspended.then(|| row.suspended_for.unwrap_or_default());
        Ok(Membership { tenant: row.id.into(), slug: row.slug, name: row.name, role, suspended })
    };
    let read = |row| MembershipRow::from_query_result(&QueryResult::from(row), "").map_err(DataError::from);
    rows.into_iter().map(|row| read(row).and_then(parse)).collect()
}

/// What a member may do in their tenant.
pub fn access(db: &Db, person: UserId, membership: &Membership) -> Access {
    Access::new(db.clone(), membership.tenant, Actor::User(person), Grants::Role(membership.role))
}

/// Makes an account.
///
/// # Errors
/// When the e-mail is bad or taken, or the password shorter than 12 characters.
pub async fn create(
    db: &Db,
    passwords: &Passwords,
    email: &str,
    password: &str,
    admin: bool,
) -> Result<UserId, DataError> {
    let mut errors = FieldErrors::default();
    errors.add_if(
        !domain::orders::new_order::looks_like_email(email) || email.len() > 254,
        "email",
        "must be an e-mail address",
    );
    errors.add_if(password.chars().count() < 12, "password", "must have at least 12 characters");
    errors.add_if(password.len() > 1_000, "password", "must have at most 1,000 bytes");
    errors.into_result(())?;
    let id: UserId = db.clock().id();
    let row = user::ActiveModel {
        id: Set(id.0),
        email: Set(email.to_owned()),
        name: Set(String::new()),
        password_hash: Set(passwords.hash(password).await?),
        is_platform_admin: Set(admin),
        created_at: Set(db.clock().now()),
    };
    row.insert(&db.conn).await.map_err(DataError::from).map_err(email_taken)?;
    Ok(id)
}

/// The account with this e-mail, for the command line.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn find(db: &Db, email: &str) -> Result<Option<UserId>, DataError> {
    let found: Option<uuid::Uuid> = sqlx::query_scalar("select id from users where lower(email) = lower($1)")
        .bind(email)
        .fetch_optional(&db.pool)
        .await?;
    Ok(found.map(UserId::from))
}

/// Gives `person` the role in the scope's tenant, or changes it. Needs [`Permission::ManagePeople`].
///
/// # Errors
/// [`DataError::AtLimit`] when they are no member yet and the tier allows no more; when PostgreSQL fails.
pub async fn set_role(access: &Access, person: UserId, role: Role) -> Result<(), DataError> {
    let scope: Scope = access.scope(Permission::ManagePeople)?;
    let tx = scope.begin().await?;
    // Held before it is looked whether they are one: two that add the same person meet here.
    limits::hold(&tx).await?;
    let sql = "select exists (select from memberships where tenant_id = $1 and user_id = $2)";
    if tx.scalar::<bool>(sql, [person.0.into()]).await? != Some(true) {
        limits::claim(&tx, Limit::Members).await?;
    }
    let row = membership::ActiveModel {
        tenant_id: Set(scope.tenant().0),
        user_id: Set(person.0),
        role: Set(role.as_str().to_owned()),
        created_at: Set(scope.now()),
    };
    let change = sea_orm::sea_query::OnConflict::columns([membership::Column::TenantId, membership::Column::UserId])
        .update_column(membership::Column::Role)
        .to_owned();
    membership::Entity::insert(row).on_conflict(change).exec_without_returning(tx.conn()).await?;
    crate::audit::note(&tx, "member.role", &person.to_string(), serde_json::json!({"role": role.as_str()})).await?;
    tx.commit().await
}

fn email_taken(error: DataError) -> DataError {
    match error.constraint() {
        Some("users_email") => FieldErrors::one("email", "has an account already").into(),
        _ => error,
    }
}
