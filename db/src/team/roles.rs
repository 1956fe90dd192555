//! Roles of the tenant's own: sets of permissions with a name.

use domain::fields::FieldErrors;
use domain::ids::RoleId;
use domain::people::{MemberRole, StoreAccess, check_role_name};
use domain::permission::{Permissions, Rights};
use sea_orm::FromQueryResult;
use serde_json::json;
use uuid::Uuid;

use crate::error::DataError;
use crate::people::read_permissions;
use crate::scope::{Actor, Scope, Tx};

/// Most roles of a tenant's own.
const MOST: i64 = 50;

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

/// The tenant's own roles, by name.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn roles(scope: &Scope) -> Result<Vec<OwnRole>, DataError> {
    let tx = scope.begin().await?;
    let rows: Vec<Row> = tx.all(&format!("{SELECT} where r.tenant_id = $1 order by lower(r.name)"), []).await?;
    tx.end();
    Ok(rows.into_iter().map(OwnRole::from).collect())
}

/// Makes a role. Nobody gives away what they do not have.
///
/// # Errors
/// What is wrong with `name` or `permissions`.
pub async fn create_role(scope: &Scope, name: &str, permissions: Permissions) -> Result<RoleId, DataError> {
    let name = check(scope, name, permissions)?;
    let tx = scope.begin().await?;
    let count: Option<i64> = tx.scalar("select count(*) from roles where tenant_id = $1", []).await?;
    if count.unwrap_or(0) >= MOST {
        return Err(DataError::Refused(format!("A team can have at most {MOST} custom roles. Delete one first.")));
    }
    let id: RoleId = scope.clock().id();
    let sql =
        "insert into roles (tenant_id, id, name, permissions, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)";
    let values = [id.0.into(), name.as_str().into(), names(permissions).into(), scope.now().into()];
    tx.run(sql, values).await.map_err(name_taken)?;
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
    let sql = "update roles set name = $3, permissions = $4, updated_at = $5 where tenant_id = $1 and id = $2";
    let values = [id.0.into(), name.as_str().into(), names(permissions).into(), scope.now().into()];
    tx.run(sql, values).await.map_err(name_taken)?;
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
    let gone = tx.run("delete from roles where tenant_id = $1 and id = $2", [id.0.into()]).await;
    // Somebody got it this very moment.
    gone.map_err(|e| if e.constraint() == Some("memberships_tenant_id_role_id_fkey") { used() } else { e })?;
    crate::audit::note(&tx, "role.delete", &id.to_string(), json!({"name": role.name})).await?;
    tx.commit().await
}

/// The role `id`, if the tenant has it.
pub(super) async fn find(tx: &Tx, id: RoleId) -> Result<Option<OwnRole>, DataError> {
    let row: Option<Row> = tx.one(&format!("{SELECT} where r.tenant_id = $1 and r.id = $2"), [id.0.into()]).await?;
    Ok(row.map(OwnRole::from))
}

const SELECT: &str = "select r.id, r.name, r.permissions, \
    (select count(*) from memberships m where m.tenant_id = $1 and m.role_id = r.id) \
    + (select count(*) from invitations i where i.tenant_id = $1 and i.role_id = r.id) in_use from roles r";

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    permissions: Vec<String>,
    in_use: i64,
}

impl From<Row> for OwnRole {
    fn from(row: Row) -> Self {
        let permissions = read_permissions(&row.permissions);
        Self { id: row.id.into(), name: row.name, permissions, in_use: row.in_use }
    }
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
    let sql = "select exists (select from memberships where tenant_id = $1 and user_id = $2 and role_id = $3)";
    if tx.scalar::<bool>(sql, [me.0.into(), id.0.into()]).await? != Some(true) {
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
