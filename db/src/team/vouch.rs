//! Vouching for a member whose address is not proven.

use domain::ids::UserId;
use sea_orm::Set;
use serde_json::json;

use super::owner::{owners, update};
use crate::entities::membership;
use crate::error::DataError;
use crate::scope::{Actor, Scope};

/// Lets the member `id` into this tenant although their address is not proven: its owner knows them.
///
/// # Errors
/// [`DataError::Forbidden`] for whoever is no owner; [`DataError::NotFound`] for whoever is no member.
pub async fn vouch(scope: &Scope, id: UserId) -> Result<(), DataError> {
    let Actor::User(me) = scope.actor() else { return Err(DataError::Forbidden) };
    let tx = scope.begin().await?;
    if !owners(&tx).await?.contains(&me) {
        return Err(DataError::Forbidden);
    }
    let vouched = membership::ActiveModel { is_vouched: Set(true), ..Default::default() };
    if update(&tx, id, vouched).exec(tx.conn()).await?.rows_affected == 0 {
        return Err(DataError::NotFound("member"));
    }
    crate::audit::note(&tx, "member.vouch", &id.to_string(), json!({})).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await
}
