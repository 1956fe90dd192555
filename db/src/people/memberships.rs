//! In which tenants somebody has a role, and what they may do there.

use domain::ids::{RoleId, StoreId, TenantId, UserId};
use domain::people::{MemberRole, StoreAccess};
use domain::permission::{Permission, Permissions};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::connect::Db;
use crate::error::DataError;
use crate::scope::{Access, Actor, Grants};
use crate::transaction::Setting;

/// A tenant as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The tenant.
    pub tenant: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The member's role.
    pub role: MemberRole,
    /// The stores that the member reaches.
    pub stores: StoreAccess,
    /// Whether its members must sign in with a second factor.
    pub needs_second_factor: bool,
    /// Why the tenant is closed, if it is: then nobody gets in, but its members are told.
    pub suspended: Option<String>,
}

impl Membership {
    /// Whether the member may do something that needs `permission`.
    pub fn allows(&self, permission: Permission) -> bool {
        self.role.allows(permission) && self.stores.suits(permission)
    }
}

/// The tenants of a person, by name; those also that are closed. As long as their address is not proven, only those that
/// stand for them.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn memberships(db: &Db, person: UserId) -> Result<Vec<Membership>, DataError> {
    let tx = db.begin(Setting::Person(person)).await?;
    let sql = "select t.id, t.slug, t.name, t.needs_second_factor, m.role, m.role_id, m.store_ids, r.name role_name, r.permissions, \
                 t.suspended_at is not null as is_suspended, t.suspended_for \
               from memberships m join tenants t on t.id = m.tenant_id join users u on u.id = m.user_id \
               left join roles r on r.tenant_id = m.tenant_id and r.id = m.role_id \
               where m.user_id = $1 and (m.is_vouched or u.email_proven_at is not null) order by t.name";
    let rows: Vec<Row> = tx.read_all(sql, vec![person.0.into()]).await?;
    drop(tx);
    rows.into_iter().map(Membership::try_from).collect()
}

/// What a member may do in their tenant.
pub fn access(db: &Db, person: UserId, membership: &Membership) -> Access {
    access_as(db, person, membership)
}

/// What `actor` may do who looks at a tenant as the member whose `membership` it is. What is done is the actor's.
pub fn access_as(db: &Db, actor: UserId, membership: &Membership) -> Access {
    let grants = Grants::Member(membership.role.permissions(), membership.stores.clone());
    Access::new(db.clone(), membership.tenant, Actor::User(actor), grants)
}

/// The role of a row, from its word or from the role of the tenant's own that it names.
///
/// # Errors
/// When the row makes no sense.
pub(crate) fn member_role(
    word: &str,
    own: Option<(Uuid, Option<String>, Option<Vec<String>>)>,
) -> Result<MemberRole, DataError> {
    let bad = || DataError::Corrupt(format!("a member's role is '{word}'"));
    match own {
        None => Ok(MemberRole::Fixed(word.parse().map_err(|_| bad())?)),
        Some((id, name, names)) => {
            let permissions = names.ok_or_else(bad)?;
            Ok(MemberRole::Custom {
                id: RoleId(id),
                name: name.ok_or_else(bad)?,
                permissions: read_permissions(&permissions),
            })
        }
    }
}

/// Permissions by name. One that this version does not know (any more) grants nothing.
pub(crate) fn read_permissions(names: &[String]) -> Permissions {
    names.iter().filter_map(|name| name.parse::<Permission>().ok()).collect()
}

/// Stores as a row has them.
pub(crate) fn read_stores(ids: Option<Vec<Uuid>>) -> StoreAccess {
    StoreAccess::of(ids.map(|ids| ids.into_iter().map(StoreId)))
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    slug: String,
    name: String,
    needs_second_factor: bool,
    role: String,
    role_id: Option<Uuid>,
    store_ids: Option<Vec<Uuid>>,
    role_name: Option<String>,
    permissions: Option<Vec<String>>,
    is_suspended: bool,
    suspended_for: Option<String>,
}

impl TryFrom<Row> for Membership {
    type Error = DataError;
    fn try_from(row: Row) -> Result<Self, DataError> {
        Ok(Self {
            tenant: row.id.into(),
            slug: row.slug,
            name: row.name,
            role: member_role(&row.role, row.role_id.map(|id| (id, row.role_name, row.permissions)))?,
            stores: read_stores(row.store_ids),
            needs_second_factor: row.needs_second_factor,
            suspended: row.is_suspended.then(|| row.suspended_for.unwrap_or_default()),
        })
    }
}
