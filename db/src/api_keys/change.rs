//! Keys made, replaced and revoked.

use chrono::{DateTime, TimeDelta, Utc};
use domain::fields::FieldErrors;
use domain::ids::{ApiKeyId, StoreId};
use domain::limits::Limit;
use domain::permission::{Beyond, KeyScope, Rights};
use sea_orm::sea_query::Func;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, Set};
use serde_json::json;

use super::{PREFIX, is_alive, scopes};
use crate::entities::{TenantQueries, api_key};
use crate::error::DataError;
use crate::limits;
use crate::scope::{Scope, Tx};
use crate::tenant_token;

/// How long a key may go on beside the one that takes its place, in hours.
pub const OVERLAPS: [i64; 4] = [0, 1, 24, 168];
const LONGEST_NAME: usize = 80;

/// A key to be made.
#[derive(Clone, Debug, Default)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<KeyScope>,
    /// The only store that it opens; all without.
    pub store: Option<StoreId>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

impl NewKey {
    /// What it gives to whoever has it.
    pub fn rights(&self) -> Rights {
        Rights::of_key(&self.scopes, self.store)
    }
}

/// A key that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its id.
    pub id: ApiKeyId,
    /// Its text: the only time that it can be read.
    pub text: String,
}

/// Makes a nameless key for the scope's tenant and returns it: the only time that it can be read.
///
/// # Errors
/// [`DataError::Forbidden`] when it would give what its maker does not have; [`DataError::AtLimit`] when the tier allows no
/// more; when PostgreSQL fails or the machine has no randomness left.
pub async fn create(scope: &Scope, scopes: &[KeyScope], store: Option<StoreId>) -> Result<String, DataError> {
    let new = NewKey { scopes: scopes.to_vec(), store, ..NewKey::default() };
    scope.may_grant(&new.rights()).map_err(|_| DataError::Forbidden)?;
    let tx = scope.begin().await?;
    limits::claim(&tx, Limit::ApiKeys).await?;
    let made = insert(&tx, &new).await?;
    tx.commit().await?;
    Ok(made.text)
}

/// Makes a key.
///
/// # Errors
/// What is wrong with `name`, `scopes`, `store` or `expires`: a key gives nothing that its maker does not have;
/// [`DataError::AtLimit`] when the tier allows no more.
pub async fn make(scope: &Scope, new: &NewKey) -> Result<Made, DataError> {
    let mut errors = FieldErrors::default();
    let name = new.name.split_whitespace().collect::<Vec<_>>().join(" ");
    errors.add_if(name.is_empty(), "name", "Enter a name for the key.");
    let is_long = name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control);
    errors.add_if(is_long, "name", "Use at most 80 characters.");
    errors.add_if(new.scopes.is_empty(), "scopes", "Select at least one scope.");
    errors.add_if(new.expires_at.is_some_and(|at| at <= scope.now()), "expires", "Choose a time in the future.");
    match scope.may_grant(&new.rights()) {
        Err(Beyond::Permissions(_)) => errors.add("scopes", "Select only permissions that you have."),
        Err(Beyond::Stores) => errors.add("store", "Choose a store that you have access to."),
        Ok(()) => {}
    }
    errors.into_result(())?;
    let tx = scope.begin().await?;
    limits::claim(&tx, Limit::ApiKeys).await?;
    let made = insert(&tx, &NewKey { name, ..new.clone() }).await?;
    tx.commit().await?;
    Ok(made)
}

/// Makes a key that may do the same as `id`, which goes on for `hours` more.
///
/// # Errors
/// What is wrong with `hours`; [`DataError::NotFound`] for a key that is not the tenant's, [`DataError::Refused`] for one
/// that is over, and for one that gives what the actor does not have.
pub async fn rotate(scope: &Scope, id: ApiKeyId, hours: i64) -> Result<Made, DataError> {
    if !OVERLAPS.contains(&hours) {
        return Err(FieldErrors::one("hours", "Use 0, 1, 24 or 168.").into());
    }
    let tx = scope.begin().await?;
    let old = alive(&tx, id).await?;
    let (scopes, store) = (scopes(&old.scopes), old.store_id.map(Into::into));
    let new = NewKey { name: old.name, scopes, store, expires_at: old.expires_at };
    let beyond = |_| DataError::Refused("This API key has permissions that you do not have.".to_owned());
    scope.may_grant(&new.rights()).map_err(beyond)?;
    let made = insert(&tx, &new).await?;
    let ends = scope.now() + TimeDelta::hours(hours);
    let earlier = Func::least([api_key::Column::ExpiresAt.into_expr(), ends.into()]).into();
    let update = tx.update::<api_key::Entity>().filter(api_key::Column::Id.eq(id.0));
    update.col_expr(api_key::Column::ExpiresAt, earlier).exec(tx.conn()).await?;
    let details = json!({"by": made.id, "goes_on_for_hours": hours});
    crate::audit::note(&tx, "api_key.rotate", &id.to_string(), details).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await?;
    Ok(made)
}

/// Revokes a key: within a second it opens nothing any more. Whoever manages keys may revoke any: it only takes away.
///
/// # Errors
/// [`DataError::NotFound`] for a key that is not the tenant's, [`DataError::Refused`] for one that is over.
pub async fn revoke(scope: &Scope, id: ApiKeyId) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let key = alive(&tx, id).await?;
    let revoked = api_key::ActiveModel { revoked_at: Set(Some(scope.now())), ..Default::default() };
    tx.update::<api_key::Entity>().filter(api_key::Column::Id.eq(id.0)).set(revoked).exec(tx.conn()).await?;
    crate::audit::note(&tx, "api_key.revoke", &id.to_string(), json!({"name": key.name})).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await
}

// Stores a new key.
async fn insert(tx: &Tx, new: &NewKey) -> Result<Made, DataError> {
    let scope = tx.scope();
    let (secret, hash) = tenant_token::make(scope.tenant())?;
    let id: ApiKeyId = scope.clock().id();
    let names: Vec<String> = new.scopes.iter().map(|s| s.as_str().to_owned()).collect();
    let row = api_key::ActiveModel {
        id: Set(id.0),
        name: Set(new.name.clone()),
        secret_hash: Set(hash),
        store_id: Set(new.store.map(|store| store.0)),
        scopes: Set(names.clone()),
        created_at: Set(scope.now()),
        expires_at: Set(new.expires_at),
        created_by: Set(scope.actor().to_string()),
        ..Default::default()
    };
    tx.insert(row).exec_without_returning(tx.conn()).await?;
    let details = json!({"name": new.name, "scopes": names, "store": new.store, "expires_at": new.expires_at});
    crate::audit::note(tx, "api_key.create", &id.to_string(), details).await?;
    Ok(Made { id, text: format!("{PREFIX}{secret}") })
}

// Locked until the end of the transaction.
async fn alive(tx: &Tx, id: ApiKeyId) -> Result<api_key::Model, DataError> {
    let key = tx.find::<api_key::Entity>().filter(api_key::Column::Id.eq(id.0)).lock_exclusive();
    let key = key.one(tx.conn()).await?.ok_or(DataError::NotFound("key"))?;
    if is_alive(key.revoked_at, key.expires_at, tx.scope().now()) {
        return Ok(key);
    }
    Err(DataError::Refused("This API key is already expired or revoked.".to_owned()))
}
