//! An invitation as whoever has its link sees it.

use domain::ids::TenantId;
use domain::permission::{Permission, Permissions, Rights, Role};
use sea_orm::{ActiveEnum, ColumnTrait, QueryFilter, SelectExt};

use super::invitations::enter;
use crate::connect::Db;
use crate::entities::{SharedQueries, TenantQueries, invitation, role, tenant, user};
use crate::error::DataError;
use crate::people::makers::Makers;
use crate::people::{read_permissions, read_stores};
use crate::scope::{Actor, Origin, Tx};
use crate::tenant_token;

/// How the link of an invitation reaches whoever is invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkDelivery {
    /// By mail alone: following it proves that the address is theirs.
    Mailed,
    /// It is shown to whoever invites: following it proves nothing of the address.
    Shown,
}

/// An invitation as whoever has its link sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// To which tenant.
    pub tenant: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub tenant_name: String,
    /// Who is invited.
    pub email: String,
    /// The name of the role that waits.
    pub role: String,
    /// Whether there is an account with that address.
    pub has_account: bool,
    /// How its link reached whoever follows it.
    pub delivery: LinkDelivery,
}

/// The invitation with this secret, while it can be accepted. Four statements.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn find(db: &Db, secret: &str) -> Result<Option<Invited>, DataError> {
    let Some((tenant, hash)) = tenant_token::parse(secret) else { return Ok(None) };
    let tx = enter(db, tenant, Actor::Job, Origin::default())?.begin().await?;
    let invited = by_hash(&tx, hash).await?;
    tx.end();
    Ok(invited)
}

/// Whether an invitation to `custom`, or to the built-in role of its row, may still be given by who sent it.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn has_sender(
    tx: &Tx,
    row: &invitation::Model,
    custom: Option<&role::Model>,
) -> Result<bool, DataError> {
    // A role that is gone gives nothing.
    let built_in = || row.role.built_in().map(Role::permissions).unwrap_or_default();
    let permissions: Permissions = custom.map_or_else(built_in, |role| read_permissions(&role.permissions));
    let senders = Makers::load(tx, [row.invited_by.as_str()]).await?;
    let given = Rights::new(permissions, read_stores(row.store_ids.clone()));
    senders.could(&row.invited_by, Permission::ManagePeople, &given)
}

async fn by_hash(tx: &Tx, hash: Vec<u8>) -> Result<Option<Invited>, DataError> {
    let found = tx
        .find::<invitation::Entity>()
        .filter(invitation::Column::TokenHash.eq(hash))
        .filter(invitation::Column::ExpiresAt.gt(tx.scope().now()))
        .find_also_related(tenant::Entity)
        .find_also_related(role::Entity)
        .one(tx.conn())
        .await?;
    let Some((row, Some(to), custom)) = found else { return Ok(None) };
    if to.suspended_at.is_some() || !has_sender(tx, &row, custom.as_ref()).await? {
        return Ok(None);
    }
    let account = tx.find_shared::<user::Entity>().filter(user::Column::EmailKey.eq(row.email_key));
    Ok(Some(Invited {
        tenant: to.id.into(),
        slug: to.slug,
        tenant_name: to.name,
        email: row.email,
        role: custom.map_or_else(|| row.role.to_value(), |role| role.name),
        has_account: account.exists(tx.conn()).await?,
        delivery: if row.is_shown { LinkDelivery::Shown } else { LinkDelivery::Mailed },
    }))
}
