//! Becoming a member by an invitation: with its link, or as whoever has shown otherwise that the address is theirs.

use domain::ids::TenantId;
use domain::limits::Limit;
use domain::people::email_key;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ActiveEnum, ColumnTrait, QueryFilter, QuerySelect, Set, TryInsertResult};
use serde_json::json;

use super::invitations::enter;
use super::invited::{Invited, LinkDelivery, find, has_sender};
use crate::connect::Db;
use crate::entities::{TenantQueries, invitation, membership, role};
use crate::error::DataError;
use crate::limits;
use crate::people::{self, Person};
use crate::scope::{Actor, Origin, Tx};
use crate::tenant_token;

/// Makes `person` a member, and uses the invitation with this secret up.
///
/// # Errors
/// [`DataError::NotFound`] when it cannot be accepted any more; [`DataError::Refused`] for somebody else than the invited;
/// [`DataError::AtLimit`] when the tier allows no more members.
pub async fn accept(db: &Db, secret: &str, person: &Person, origin: Origin) -> Result<Invited, DataError> {
    let invited = find(db, secret).await?.ok_or(DataError::NotFound("invitation"))?;
    if email_key(&invited.email) != email_key(&person.email) {
        return Err(DataError::Refused(format!(
            "This invitation is for {}. Sign in with that address.",
            invited.email
        )));
    }
    let (tenant, hash) = tenant_token::parse(secret).ok_or(DataError::NotFound("invitation"))?;
    if !join(db, tenant, person, origin, invitation::Column::TokenHash.eq(hash)).await? {
        return Err(DataError::Refused("You are already a member of this team.".to_owned()));
    }
    // Their link came by mail, and they have it.
    if invited.delivery == LinkDelivery::Mailed {
        people::prove(db, person.id).await?;
    }
    Ok(invited)
}

/// Whether an invitation of `tenant` to this address can be accepted now.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn is_invited(db: &Db, tenant: TenantId, email: &str) -> Result<bool, DataError> {
    let tx = enter(db, tenant, Actor::Job, Origin::default())?.begin().await?;
    let found = open(&tx, invitation::Column::EmailKey.eq(email_key(email))).await?;
    tx.end();
    Ok(found.is_some())
}

/// Makes `person` a member of `tenant`, which has invited their address, and uses the invitation up; false when it had not.
/// For whoever has shown by other means than the link that the address is theirs, as far as this tenant is concerned.
///
/// # Errors
/// [`DataError::AtLimit`] when the tier allows no more members.
pub async fn accept_by_address(db: &Db, tenant: TenantId, person: &Person, origin: Origin) -> Result<bool, DataError> {
    join(db, tenant, person, origin, invitation::Column::EmailKey.eq(email_key(&person.email))).await
}

// By the invitation that `which` finds; false when there is none, or they are a member already.
async fn join(
    db: &Db,
    tenant: TenantId,
    person: &Person,
    origin: Origin,
    which: SimpleExpr,
) -> Result<bool, DataError> {
    let scope = enter(db, tenant, Actor::User(person.id), origin)?;
    let tx = scope.begin().await?;
    limits::claim(&tx, Limit::Members).await?;
    let Some(invited) = open(&tx, which).await? else { return Ok(false) };
    tx.delete::<invitation::Entity>().filter(invitation::Column::Id.eq(invited.id)).exec(tx.conn()).await?;
    let row = membership::ActiveModel {
        user_id: Set(person.id.0),
        role: Set(invited.role),
        role_id: Set(invited.role_id),
        store_ids: Set(invited.store_ids),
        created_at: Set(scope.now()),
        ..Default::default()
    };
    let joined = tx.insert(row).on_conflict_do_nothing().exec_without_returning(tx.conn()).await;
    if !matches!(joined.map_err(DataError::from).map_err(role_gone)?, TryInsertResult::Inserted(1)) {
        return Ok(false);
    }
    let details = json!({"email": person.email, "role": invited.role.to_value()});
    crate::audit::note(&tx, "invitation.accept", &person.id.to_string(), details).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await?;
    Ok(true)
}

// The invitation that `which` finds, locked, while it can be accepted and who sent it may still send it.
async fn open(tx: &Tx, which: SimpleExpr) -> Result<Option<invitation::Model>, DataError> {
    let found = tx
        .find::<invitation::Entity>()
        .filter(which)
        .filter(invitation::Column::ExpiresAt.gt(tx.scope().now()))
        .lock_exclusive();
    let Some(found) = found.one(tx.conn()).await? else { return Ok(None) };
    let found = [found];
    let custom = tx.load_one(&found, tx.find::<role::Entity>()).await?.into_iter().next().flatten();
    let [row] = found;
    Ok(has_sender(tx, &row, custom.as_ref()).await?.then_some(row))
}

// A restore took the role away meanwhile.
fn role_gone(error: DataError) -> DataError {
    match error.constraint() {
        Some("memberships_tenant_id_role_id_fkey") => {
            DataError::Refused("The role of this invitation was deleted. Ask for a new invitation.".to_owned())
        }
        _ => error,
    }
}
