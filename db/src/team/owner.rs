//! The owner: there is always one, who alone vouches for members; and the account is handed over, not given away twice.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Set, UpdateMany};
use serde_json::json;
use uuid::Uuid;

use crate::entities::enums::RoleName;
use crate::entities::{TenantQueries, invitation, membership, user};
use crate::error::DataError;
use crate::scope::{Actor, Scope, Tx};

/// Makes the member `to` the owner in place of the scope's actor, who becomes a manager.
///
/// # Errors
/// [`DataError::Forbidden`] for whoever is no owner; [`DataError::NotFound`] for whoever is no member;
/// [`DataError::Refused`] for one who would not get in, because their address is not proven.
pub async fn transfer(scope: &Scope, to: UserId) -> Result<(), DataError> {
    let Actor::User(from) = scope.actor() else { return Err(DataError::Forbidden) };
    let tx = scope.begin().await?;
    if !owners(&tx).await?.contains(&from) {
        return Err(DataError::Forbidden);
    }
    if from == to {
        return Err(DataError::Refused("You are already the owner.".to_owned()));
    }
    let member = tx.find::<membership::Entity>().inner_join(user::Entity).filter(membership::Column::UserId.eq(to.0));
    let member = member.select_only().column(membership::Column::IsVouched).column(user::Column::EmailProvenAt);
    let member: Option<(bool, Option<DateTime<Utc>>)> = member.into_tuple().one(tx.conn()).await?;
    if member.is_some_and(|(is_vouched, proven_at)| !is_vouched && proven_at.is_none()) {
        return Err(DataError::Refused("The email of this member is not confirmed. Confirm it first.".to_owned()));
    }
    let owner = membership::ActiveModel {
        role: Set(RoleName::Owner),
        role_id: Set(None),
        store_ids: Set(None),
        ..Default::default()
    };
    if update(&tx, to, owner).exec(tx.conn()).await?.rows_affected == 0 {
        return Err(DataError::NotFound("member"));
    }
    let manager = membership::ActiveModel { role: Set(RoleName::Manager), ..Default::default() };
    update(&tx, from, manager).exec(tx.conn()).await?;
    // What the former owner has sent goes on in the name of the new one.
    let sent = invitation::ActiveModel { invited_by: Set(Actor::User(to).to_string()), ..Default::default() };
    let by_former = invitation::Column::InvitedBy.eq(Actor::User(from).to_string());
    tx.update::<invitation::Entity>().set(sent).filter(by_former).exec(tx.conn()).await?;
    crate::audit::note(&tx, "owner.transfer", &to.to_string(), json!({"from": from})).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await
}

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

/// Refuses what would leave the tenant without an owner: `person` is to be one from now on, or not.
///
/// # Errors
/// [`DataError::Refused`] when `person` is the only one and is not to stay it.
pub(crate) async fn keep_an_owner(tx: &Tx, person: UserId, stays: bool) -> Result<(), DataError> {
    if stays || owners(tx).await? != [person] {
        return Ok(());
    }
    Err(DataError::Refused("A tenant needs an owner. Transfer the ownership first.".to_owned()))
}

// The owners. Locked, so that two who leave at once do not each count on the other.
async fn owners(tx: &Tx) -> Result<Vec<UserId>, DataError> {
    let owners = tx
        .find::<membership::Entity>()
        .filter(membership::Column::Role.eq(RoleName::Owner))
        .order_by_asc(membership::Column::UserId)
        .lock_exclusive();
    let ids: Vec<Uuid> = owners.select_only().column(membership::Column::UserId).into_tuple().all(tx.conn()).await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// An update of what `row` sets of a member.
pub(super) fn update(tx: &Tx, id: UserId, row: membership::ActiveModel) -> UpdateMany<membership::Entity> {
    tx.update::<membership::Entity>().set(row).filter(membership::Column::UserId.eq(id.0))
}
