//! The end of a key: at once, or after another one took its place.

use chrono::TimeDelta;
use domain::fields::FieldErrors;
use domain::ids::ApiKeyId;
use serde_json::json;

use super::create::{Made, NewKey, insert};
use super::list::{KeyRow, read};
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
    let new = NewKey { name: old.name, scopes: old.scopes, store: old.store_id, expires_at: old.expires_at };
    let beyond = |_| DataError::Refused("This API key has permissions that you do not have.".to_owned());
    scope.may_grant(&new.rights()).map_err(beyond)?;
    let made = insert(&tx, &new).await?;
    let sql = "update api_keys set expires_at = least(expires_at, $3) where tenant_id = $1 and id = $2";
    tx.run(sql, [id.0.into(), (scope.now() + TimeDelta::hours(hours)).into()]).await?;
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
    let sql = "update api_keys set revoked_at = $3 where tenant_id = $1 and id = $2";
    tx.run(sql, [id.0.into(), scope.now().into()]).await?;
    crate::audit::note(&tx, "api_key.revoke", &id.to_string(), json!({"name": key.name})).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await
}

// Locked until the end of the transaction.
async fn alive(tx: &Tx, id: ApiKeyId) -> Result<KeyRow, DataError> {
    tx.run("select from api_keys where tenant_id = $1 and id = $2 for update", [id.0.into()]).await?;
    let key = read(tx, id).await?;
    if key.is_alive(tx.scope().now()) {
        return Ok(key);
    }
    Err(DataError::Refused("This API key is already expired or revoked.".to_owned()))
}
