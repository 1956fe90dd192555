//! The end of a key: at once, or after another one took its place.

use chrono::TimeDelta;
use domain::fields::FieldErrors;
use domain::ids::ApiKeyId;
use sea_orm::sea_query::Func;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, Set};
use serde_json::json;

use super::create::{Made, NewKey, insert};
use super::{is_alive, scopes};
use crate::entities::{TenantQueries, api_key};
use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// How long a key may go on beside the one that takes its place, in hours.
pub const OVERLAPS: [i64; 4] = [0, 1, 24, 168];

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

// Locked until the end of the transaction.
async fn alive(tx: &Tx, id: ApiKeyId) -> Result<api_key::Model, DataError> {
    let key = tx.find::<api_key::Entity>().filter(api_key::Column::Id.eq(id.0)).lock_exclusive();
    let key = key.one(tx.conn()).await?.ok_or(DataError::NotFound("key"))?;
    if is_alive(key.revoked_at, key.expires_at, tx.scope().now()) {
        return Ok(key);
    }
    Err(DataError::Refused("This API key is already expired or revoked.".to_owned()))
}
