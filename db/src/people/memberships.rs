//! In which tenants somebody has a role, and what they may do there.

use domain::ids::{RoleId, StoreId, TenantId, UserId};
use domain::people::{MemberRole, StoreAccess};
use domain::permission::{Permission, Permissions};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ActiveEnum, ColumnTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::connect::Db;
use crate::entities::enums::RoleName;
use crate::entities::{AllTenantsQueries, membership, role, tenant, user};
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
/// stand for them. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn memberships(db: &Db, person: UserId) -> Result<Vec<Membership>, DataError> {
    let tx = db.begin(Setting::Person(person)).await?;
    let is_open = membership::Column::IsVouched.eq(true).or(user::Column::EmailProvenAt.is_not_null());
    let found = tx
        .find_all::<membership::Entity>()
        .inner_join(user::Entity)
        .filter(membership::Column::UserId.eq(person.0))
        .filter(is_open)
        .find_also_related(tenant::Entity)
        .find_also_related(role::Entity)
        .order_by_asc(tenant::Column::Name)
        .all(&tx)
        .await?;
    drop(tx);
    found.into_iter().map(|(member, tenant, custom)| Membership::of(member, tenant, custom)).collect()
}

/// What a member may do in their tenant.
pub fn access(db: &Db, person: UserId, membership: &Membership) -> Access {
    access_as(db, person, membership)
}

/// What `actor` may do who impersonates the member whose `membership` it is. What is done is the actor's.
pub fn access_as(db: &Db, actor: UserId, membership: &Membership) -> Access {
    let grants = Grants::Member(membership.role.permissions(), membership.stores.clone());
    Access::new(db.clone(), membership.tenant, Actor::User(actor), grants)
}

/// The role of a row that names a built-in one, or by `role_id` the custom role that was loaded with it.
///
/// # Errors
/// When the row makes no sense.
pub(crate) fn member_role(
    name: RoleName,
    role_id: Option<Uuid>,
    custom: Option<role::Model>,
) -> Result<MemberRole, DataError> {
    let role = match role_id {
        None => name.built_in().map(MemberRole::Fixed),
        Some(_) => custom.map(custom_role),
    };
    role.ok_or_else(|| DataError::Corrupt(format!("a member's role is '{}'", name.to_value())))
}

/// A custom role as that of a member.
pub(crate) fn custom_role(role: role::Model) -> MemberRole {
    let permissions = read_permissions(&role.permissions);
    MemberRole::Custom { id: RoleId(role.id), name: role.name, permissions }
}

/// Permissions by name. One that this version does not know (any more) grants nothing.
pub(crate) fn read_permissions(names: &[String]) -> Permissions {
    names.iter().filter_map(|name| name.parse::<Permission>().ok()).collect()
}

/// Stores as a row has them.
pub(crate) fn read_stores(ids: Option<Vec<Uuid>>) -> StoreAccess {
    StoreAccess::of(ids.map(|ids| ids.into_iter().map(StoreId)))
}

impl Membership {
    fn of(
        member: membership::Model,
        tenant: Option<tenant::Model>,
        custom: Option<role::Model>,
    ) -> Result<Self, DataError> {
        let tenant = tenant.ok_or_else(|| DataError::Corrupt("a membership has no tenant".into()))?;
        let is_suspended = tenant.suspended_at.is_some();
        Ok(Self {
            tenant: tenant.id.into(),
            slug: tenant.slug,
            name: tenant.name,
            role: member_role(member.role, member.role_id, custom)?,
            stores: read_stores(member.store_ids),
            needs_second_factor: tenant.needs_second_factor,
            suspended: is_suspended.then(|| tenant.suspended_for.unwrap_or_default()),
        })
    }
}
