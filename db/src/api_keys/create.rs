//! Making keys.

use chrono::{DateTime, Utc};
use domain::fields::FieldErrors;
use domain::ids::{ApiKeyId, StoreId};
use domain::limits::Limit;
use domain::permission::{Beyond, KeyScope, Rights};
use sea_orm::Set;

use super::PREFIX;
use crate::entities::{TenantQueries, api_key};
use crate::error::DataError;
use crate::limits;
use crate::scope::{Scope, Tx};
use crate::tenant_token;

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

/// Stores a new key.
pub(super) async fn insert(tx: &Tx, new: &NewKey) -> Result<Made, DataError> {
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
    let details =
        serde_json::json!({"name": new.name, "scopes": names, "store": new.store, "expires_at": new.expires_at});
    crate::audit::note(tx, "api_key.create", &id.to_string(), details).await?;
    Ok(Made { id, text: format!("{PREFIX}{secret}") })
}
