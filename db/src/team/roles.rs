//! Roles of the tenant's own: sets of permissions with a name.

use std::collections::HashMap;

use domain::fields::FieldErrors;
use domain::ids::RoleId;
use domain::people::{MemberRole, StoreAccess, check_role_name};
use domain::permission::{Permissions, Rights};
use sea_orm::sea_query::Func;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, SelectExt, Set};
use serde_json::json;
use uuid::Uuid;

use crate::entities::{TenantQueries, invitation, membership, role};
use crate::error::DataError;
use crate::people::read_permissions;
use crate::scope::{Actor, Scope, Tx};

/// Most roles of a tenant's own.
const MOST: u64 = 50;

/// A role of the tenant's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRole {
    /// Its id.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// What it includes.
    pub permissions: Permissions,
    /// How many members have it, and how many are invited to it.
    pub in_use: i64,
}

impl OwnRole {
    /// As the role of a member.
    pub fn member_role(self) -> MemberRole {
        MemberRole::Custom { id: self.id, name: self.name, permissions: self.permissions }
    }
}

/// The tenant's own roles, by name. Three statements at any size.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn roles(scope: &Scope) -> Result<Vec<OwnRole>, DataError> {
    let tx = scope.begin().await?;
    let found = tx.find::<role::Entity>().order_by_asc(Func::lower(role::Column::Name.into_expr()));
    let roles = with_use(&tx, found).await?;
    tx.end();
    Ok(roles)
}

/// Makes a role. Nobody gives away what they do not have.
///
/// # Errors
/// What is wrong with `name` or `permissions`.
pub async fn create_role(scope: &Scope, name: &str, permissions: Permissions) -> Result<RoleId, DataError> {
    let name = check(scope, name, permissions)?;
    let tx = scope.begin().await?;
    if tx.find::<role::Entity>().count(tx.conn()).await? >= MOST {
        return Err(DataError::Refused(format!("A team can have at most {MOST} custom roles. Delete one first.")));
    }
    let id: RoleId = scope.clock().id();
    let row = role::ActiveModel {
        id: Set(id.0),
        name: Set(name.clone()),
        permissions: Set(names(permissions)),
        created_at: Set(scope.now()),
        updated_at: Set(scope.now()),
        ..Default::default()
    };
    tx.insert(row).exec_without_returning(tx.conn()).await.map_err(DataError::from).map_err(name_taken)?;
    let details = json!({"name": name, "permissions": names(permissions)});
    crate::audit::note(&tx, "role.create", &id.to_string(), details).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes a role, and with it what its members may do.
///
/// # Errors
/// What is wrong with `name` or `permissions`; [`DataError::NotFound`] when the tenant has no such role;
/// [`DataError::Refused`] for the actor's own role, and for one that includes what the actor lacks.
pub async fn update_role(scope: &Scope, id: RoleId, name: &str, permissions: Permissions) -> Result<(), DataError> {
    let name = check(scope, name, permissions)?;
    let tx = scope.begin().await?;
    let former = find(&tx, id).await?.ok_or(DataError::NotFound("role"))?;
    refuse_beyond_own(scope, former.permissions)?;
    refuse_own(&tx, id).await?;
    let row = role::ActiveModel {
        name: Set(name.clone()),
        permissions: Set(names(permissions)),
        updated_at: Set(scope.now()),
        ..Default::default()
    };
    let update = tx.update::<role::Entity>().set(row).filter(role::Column::Id.eq(id.0));
    update.exec(tx.conn()).await.map_err(DataError::from).map_err(name_taken)?;
    let before = json!({"name": former.name, "permissions": names(former.permissions)});
    let after = json!({"name": name, "permissions": names(permissions)});
    crate::audit::changed(&tx, "role.update", &id.to_string(), before, after).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await
}

/// Deletes a role that nobody has.
///
/// # Errors
/// [`DataError::Refused`] while somebody has it or is invited to it, and when it includes what the actor lacks;
/// [`DataError::NotFound`] for one that is not the tenant's.
pub async fn delete_role(scope: &Scope, id: RoleId) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let role = find(&tx, id).await?.ok_or(DataError::NotFound("role"))?;
    refuse_beyond_own(scope, role.permissions)?;
    let used = || {
        DataError::Refused(format!(
            "The role '{}' is in use. First change the role of its members, and withdraw its invitations.",
            role.name
        ))
    };
    if role.in_use > 0 {
        return Err(used());
    }
    let gone = tx.delete::<role::Entity>().filter(role::Column::Id.eq(id.0)).exec(tx.conn()).await;
    // Somebody got it this very moment.
    gone.map_err(DataError::from)
        .map_err(|e| if e.constraint() == Some("memberships_tenant_id_role_id_fkey") { used() } else { e })?;
    crate::audit::note(&tx, "role.delete", &id.to_string(), json!({"name": role.name})).await?;
    tx.commit().await
}

/// The role `id`, if the tenant has it.
pub(super) async fn find(tx: &Tx, id: RoleId) -> Result<Option<OwnRole>, DataError> {
    let found = with_use(tx, tx.find::<role::Entity>().filter(role::Column::Id.eq(id.0))).await?;
    Ok(found.into_iter().next())
}

// With how many members and invitations name each.
async fn with_use(tx: &Tx, roles: Select<role::Entity>) -> Result<Vec<OwnRole>, DataError> {
    let roles = roles.all(tx.conn()).await?;
    let ids: Vec<Uuid> = roles.iter().map(|role| role.id).collect();
    let members = tx.find::<membership::Entity>().filter(membership::Column::RoleId.eq_any(ids.clone()));
    let members = count_by(tx, members, membership::Column::RoleId).await?;
    let invited = tx.find::<invitation::Entity>().filter(invitation::Column::RoleId.eq_any(ids));
    let invited = count_by(tx, invited, invitation::Column::RoleId).await?;
    let of = |counts: &HashMap<Uuid, i64>, id| counts.get(&id).copied().unwrap_or(0);
    let own_role = |role: role::Model| OwnRole {
        id: role.id.into(),
        permissions: read_permissions(&role.permissions),
        in_use: of(&members, role.id) + of(&invited, role.id),
        name: role.name,
    };
    Ok(roles.into_iter().map(own_role).collect())
}

async fn count_by<E: EntityTrait>(tx: &Tx, rows: Select<E>, by: E::Column) -> Result<HashMap<Uuid, i64>, DataError> {
    let counts = rows.select_only().column(by).column_as(by.count(), "number").group_by(by);
    let counts: Vec<(Uuid, i64)> = counts.into_tuple().all(tx.conn()).await?;
    Ok(counts.into_iter().collect())
}

fn check(scope: &Scope, name: &str, permissions: Permissions) -> Result<String, DataError> {
    let mut errors = FieldErrors::default();
    let name = check_role_name(name).map_err(|words| errors.add("name", words)).unwrap_or_default();
    errors.add_if(permissions.is_empty(), "permissions", "Select at least one permission.");
    let is_beyond = scope.may_grant(&everywhere(permissions)).is_err();
    errors.add_if(is_beyond, "permissions", "Select only permissions that you have.");
    Ok(errors.into_result(name)?)
}

fn refuse_beyond_own(scope: &Scope, permissions: Permissions) -> Result<(), DataError> {
    let beyond = |_| DataError::Refused("This role has permissions that you do not have.".to_owned());
    scope.may_grant(&everywhere(permissions)).map_err(beyond)
}

// Like the place of a member: nobody changes what they may do themselves, by their role either.
async fn refuse_own(tx: &Tx, id: RoleId) -> Result<(), DataError> {
    let Actor::User(me) = tx.scope().actor() else { return Ok(()) };
    let own = tx.find::<membership::Entity>().filter(membership::Column::UserId.eq(me.0));
    if !own.filter(membership::Column::RoleId.eq(id.0)).exists(tx.conn()).await? {
        return Ok(());
    }
    Err(DataError::Refused("You cannot change your own role. Ask another member who manages the team.".to_owned()))
}

fn everywhere(permissions: Permissions) -> Rights {
    Rights::new(permissions, StoreAccess::All)
}

fn names(permissions: Permissions) -> Vec<String> {
    permissions.iter().map(|p| p.as_str().to_owned()).collect()
}

fn name_taken(error: DataError) -> DataError {
    match error.constraint() {
        Some("roles_name") => FieldErrors::one("name", "Another role has this name. Choose another.").into(),
        _ => error,
    }
}
