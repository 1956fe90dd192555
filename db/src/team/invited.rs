//! An invitation as whoever has its link sees it.

use domain::ids::TenantId;
use domain::people::StoreAccess;
use domain::permission::{Permission, Permissions, Rights, Role};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::invitations::enter;
use crate::audit::Origin;
use crate::connect::Db;
use crate::error::DataError;
use crate::people::maker::{MAKER, Maker, joins};
use crate::people::{read_permissions, read_stores};
use crate::scope::Actor;
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

/// The invitation with this secret, while it can be accepted.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn find(db: &Db, secret: &str) -> Result<Option<Invited>, DataError> {
    let Some((tenant, hash)) = tenant_token::parse(secret) else { return Ok(None) };
    let tx = enter(db, tenant, Actor::Job, Origin::default())?.begin().await?;
    let found: Option<InvitedRow> = tx.one(&by_secret(), [hash.into(), db.clock().now().into()]).await?;
    tx.end();
    let Some(row) = found else { return Ok(None) };
    if !row.sender.could(Permission::ManagePeople, &row.rights())? {
        return Ok(None);
    }
    Ok(Some(Invited {
        tenant,
        slug: row.slug,
        tenant_name: row.tenant_name,
        email: row.email,
        role: row.role_name.unwrap_or(row.role),
        has_account: row.has_account,
        delivery: if row.is_shown { LinkDelivery::Shown } else { LinkDelivery::Mailed },
    }))
}

/// What an invitation to `role` (of the tenant's own: with these permissions) in these stores gives. A role that is gone
/// gives nothing.
pub(super) fn rights(role: &str, permissions: Option<&[String]>, stores: StoreAccess) -> Rights {
    let fixed = || role.parse::<Role>().map(Role::permissions).unwrap_or_default();
    let permissions: Permissions = permissions.map_or_else(fixed, read_permissions);
    Rights::new(permissions, stores)
}

fn by_secret() -> String {
    format!(
        "select i.email, i.role, i.store_ids, i.is_shown, t.slug, t.name tenant_name, r.name role_name, r.permissions, \
           exists (select from users u where u.email_key = i.email_key) has_account, {MAKER} \
         from invitations i join tenants t on t.id = i.tenant_id and t.suspended_at is null \
         left join roles r on r.tenant_id = i.tenant_id and r.id = i.role_id {} \
         where i.tenant_id = $1 and i.token_hash = $2 and i.expires_at > $3",
        joins("i", "invited_by")
    )
}

#[derive(FromQueryResult)]
struct InvitedRow {
    email: String,
    role: String,
    slug: String,
    tenant_name: String,
    role_name: Option<String>,
    permissions: Option<Vec<String>>,
    store_ids: Option<Vec<Uuid>>,
    is_shown: bool,
    has_account: bool,
    #[sea_orm(nested)]
    sender: Maker,
}

impl InvitedRow {
    fn rights(&self) -> Rights {
        rights(&self.role, self.permissions.as_deref(), read_stores(self.store_ids.clone()))
    }
}
