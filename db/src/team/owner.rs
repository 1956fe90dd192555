//! The owner: there is always one, and the account is handed over, not given away twice.

use domain::ids::UserId;
use serde_json::json;

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
    let sql = "select m.is_vouched or u.email_proven_at is not null from memberships m join users u on u.id = m.user_id \
               where m.tenant_id = $1 and m.user_id = $2";
    if tx.scalar::<bool>(sql, [to.0.into()]).await?.is_some_and(|is_open| !is_open) {
        return Err(DataError::Refused("The email of this member is not confirmed. Confirm it first.".to_owned()));
    }
    let sql =
        "update memberships set role = 'owner', role_id = null, store_ids = null where tenant_id = $1 and user_id = $2";
    if tx.run(sql, [to.0.into()]).await? == 0 {
        return Err(DataError::NotFound("member"));
    }
    tx.run("update memberships set role = 'manager' where tenant_id = $1 and user_id = $2", [from.0.into()]).await?;
    // What the former owner has sent goes on in the name of the new one.
    let sql = "update invitations set invited_by = $3 where tenant_id = $1 and invited_by = $2";
    tx.run(sql, [Actor::User(from).to_string().into(), Actor::User(to).to_string().into()]).await?;
    crate::audit::note(&tx, "owner.transfer", &to.to_string(), json!({"from": from})).await?;
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

/// The owners. Locked, so that two who leave at once do not each count on the other.
pub(super) async fn owners(tx: &Tx) -> Result<Vec<UserId>, DataError> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        user_id: uuid::Uuid,
    }
    let sql = "select user_id from memberships where tenant_id = $1 and role = 'owner' order by user_id for update";
    let rows: Vec<Row> = tx.all(sql, []).await?;
    Ok(rows.into_iter().map(|row| row.user_id.into()).collect())
}
