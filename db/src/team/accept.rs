//! Becoming a member by an invitation: with its link, or as whoever has shown otherwise that the address is theirs.

use domain::ids::TenantId;
use domain::limits::Limit;
use domain::people::email_key;
use domain::permission::Permission;
use sea_orm::FromQueryResult;
use serde_json::json;
use uuid::Uuid;

use super::invitations::enter;
use super::invited::{Invited, LinkDelivery, find, rights};
use crate::audit::Origin;
use crate::connect::Db;
use crate::error::DataError;
use crate::limits;
use crate::people::maker::{MAKER, Maker, joins};
use crate::people::{self, Person, read_stores};
use crate::scope::{Actor, Tx};
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
    if !join(db, tenant, person, origin, ("i.token_hash = $2", hash.into())).await? {
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
    let found = open(&tx, "i.email_key = $2", email_key(email).into()).await?;
    tx.end();
    Ok(found.is_some())
}

/// Makes `person` a member of `tenant`, which has invited their address, and uses the invitation up; false when it had not.
/// For whoever has shown by other means than the link that the address is theirs, as far as this tenant is concerned.
///
/// # Errors
/// [`DataError::AtLimit`] when the tier allows no more members.
pub async fn accept_by_address(db: &Db, tenant: TenantId, person: &Person, origin: Origin) -> Result<bool, DataError> {
    join(db, tenant, person, origin, ("i.email_key = $2", email_key(&person.email).into())).await
}

// By the invitation that `which` finds with `$2`; false when there is none, or they are a member already.
async fn join(
    db: &Db,
    tenant: TenantId,
    person: &Person,
    origin: Origin,
    (which, value): (&'static str, sea_orm::Value),
) -> Result<bool, DataError> {
    let scope = enter(db, tenant, Actor::User(person.id), origin)?;
    let tx = scope.begin().await?;
    limits::claim(&tx, Limit::Members).await?;
    let Some(id) = open(&tx, which, value).await? else { return Ok(false) };
    let sql = "with accepted as (delete from invitations where tenant_id = $1 and id = $2 returning role, role_id, store_ids) \
         insert into memberships (tenant_id, user_id, role, role_id, store_ids, created_at) \
         select $1, $4, role, role_id, store_ids, $3 from accepted \
         on conflict (tenant_id, user_id) do nothing returning role";
    let values = [id.into(), scope.now().into(), person.id.0.into()];
    let joined: Option<String> = tx.scalar(sql, values).await.map_err(role_gone)?;
    let Some(role) = joined else { return Ok(false) };
    let details = json!({"email": person.email, "role": role});
    crate::audit::note(&tx, "invitation.accept", &person.id.to_string(), details).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await?;
    Ok(true)
}

#[derive(FromQueryResult)]
struct Open {
    id: Uuid,
    role: String,
    store_ids: Option<Vec<Uuid>>,
    permissions: Option<Vec<String>>,
    #[sea_orm(nested)]
    sender: Maker,
}

// The invitation that `which` finds with `$2`, locked, while it can be accepted and whoever sent it may still send it.
async fn open(tx: &Tx, which: &'static str, value: sea_orm::Value) -> Result<Option<Uuid>, DataError> {
    let sql = format!(
        "select i.id, i.role, i.store_ids, r.permissions, {MAKER} from invitations i \
         left join roles r on r.tenant_id = i.tenant_id and r.id = i.role_id {} \
         where i.tenant_id = $1 and {which} and i.expires_at > $3 for update of i",
        joins("i", "invited_by")
    );
    let Some(found) = tx.one::<Open>(&sql, [value, tx.scope().now().into()]).await? else { return Ok(None) };
    let given = rights(&found.role, found.permissions.as_deref(), read_stores(found.store_ids));
    Ok(found.sender.could(Permission::ManagePeople, &given)?.then_some(found.id))
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
