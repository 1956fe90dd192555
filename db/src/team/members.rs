//! Members: who they are, what they may do, and how they leave.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::people::{MemberRole, StoreAccess};
use domain::permission::Rights;
use sea_orm::FromQueryResult;
use serde_json::json;
use uuid::Uuid;

use super::place::NewPlace;
use crate::error::DataError;
use crate::people::{member_role, read_stores};
use crate::scope::{Actor, Scope, Tx};

/// Most members that a list shows.
const SHOWN: i64 = 500;

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who it is.
    pub id: UserId,
    /// Their address.
    pub email: String,
    /// Their name, perhaps empty.
    pub name: String,
    /// Their role.
    pub role: MemberRole,
    /// The stores that they reach.
    pub stores: StoreAccess,
    /// Since when they belong here.
    pub joined_at: DateTime<Utc>,
    /// When they were last signed in, to the minute, as far as a session of theirs still knows.
    pub seen_at: Option<DateTime<Utc>>,
    /// Whether they sign in with a second factor.
    pub has_second_factor: bool,
    /// Whether it is known that their address is theirs.
    pub is_proven: bool,
    /// Whether they get in: their address is proven, or this tenant stands for them.
    pub is_open: bool,
}

/// The members, owners first, then by address; the first 500. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn members(scope: &Scope) -> Result<Vec<Member>, DataError> {
    let tx = scope.begin().await?;
    let sql = format!("{SELECT} where m.tenant_id = $1 order by m.role <> 'owner', lower(u.email) limit $2");
    let rows: Vec<Row> = tx.all(&sql, [SHOWN.into()]).await?;
    tx.end();
    rows.into_iter().map(Member::try_from).collect()
}

/// One member.
///
/// # Errors
/// [`DataError::NotFound`] for whoever is none.
pub async fn member(scope: &Scope, id: UserId) -> Result<Member, DataError> {
    let tx = scope.begin().await?;
    let found = read(&tx, id).await?;
    tx.end();
    Ok(found)
}

/// Gives a member another role and other stores.
///
/// # Errors
/// What is wrong with the new place; [`DataError::Refused`] for owners, for oneself, and for whoever may do more than the
/// actor.
pub async fn change(scope: &Scope, id: UserId, to: &NewPlace) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let member = within_reach(&tx, id, "change this member").await?;
    let place = to.find(&tx).await?;
    let sql = "update memberships set role = $3, role_id = $4, store_ids = $5 where tenant_id = $1 and user_id = $2";
    tx.run(sql, std::iter::once(id.0.into()).chain(place.columns())).await?;
    let before = json!({"role": member.role.name(), "stores": member.stores.only()});
    crate::audit::changed(&tx, "member.change", &id.to_string(), before, place.details()).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await
}

/// Removes a member: within a second they find nothing here any more.
///
/// # Errors
/// [`DataError::Refused`] for owners, for oneself, and for whoever may do more than the actor.
pub async fn remove(scope: &Scope, id: UserId) -> Result<Member, DataError> {
    let tx = scope.begin().await?;
    let member = within_reach(&tx, id, "remove this member").await?;
    tx.run("delete from memberships where tenant_id = $1 and user_id = $2", [id.0.into()]).await?;
    tx.run("delete from linked_identities where tenant_id = $1 and user_id = $2", [id.0.into()]).await?;
    let details = json!({"email": member.email, "role": member.role.name()});
    crate::audit::note(&tx, "member.remove", &id.to_string(), details).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await?;
    Ok(member)
}

/// Says whether members must sign in with a second factor.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn set_needs_second_factor(scope: &Scope, needs: bool) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let sql = "select needs_second_factor from tenants where id = $1 for no key update";
    let before: Option<bool> = tx.scalar(sql, []).await?;
    tx.run("update tenants set needs_second_factor = $2 where id = $1", [needs.into()]).await?;
    let (before, after) = (json!({"needed": before}), json!({"needed": needs}));
    crate::audit::changed(&tx, "team.second_factor", "team", before, after).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await
}

// The member, locked, when the actor may touch them.
async fn within_reach(tx: &Tx, id: UserId, what: &str) -> Result<Member, DataError> {
    tx.run("select from memberships where tenant_id = $1 and user_id = $2 for update", [id.0.into()]).await?;
    let member = read(tx, id).await?;
    if member.role.is_owner() {
        return Err(DataError::Refused(format!(
            "You cannot {what}, because they are the owner. The ownership must be transferred first."
        )));
    }
    if tx.scope().actor() == Actor::User(id) {
        return Err(DataError::Refused(
            "You cannot change your own role. Ask another member who manages the team.".to_owned(),
        ));
    }
    let rights = Rights::new(member.role.permissions(), member.stores.clone());
    if tx.scope().may_grant(&rights).is_err() {
        return Err(DataError::Refused(format!(
            "You cannot {what}, because they have permissions that you do not have."
        )));
    }
    Ok(member)
}

async fn read(tx: &Tx, id: UserId) -> Result<Member, DataError> {
    let row: Option<Row> =
        tx.one(&format!("{SELECT} where m.tenant_id = $1 and m.user_id = $2"), [id.0.into()]).await?;
    row.ok_or(DataError::NotFound("member"))?.try_into()
}

const SELECT: &str = "select u.id, u.email, u.name, m.role, m.role_id, m.store_ids, m.created_at, r.name role_name, r.permissions, \
      (select max(s.seen_at) from sessions s where s.user_id = u.id) seen_at, \
      stoa_has_second_factor(u.id) has_second_factor, u.email_proven_at is not null is_proven, u.email_proven_at is not null or m.is_vouched is_open \
    from memberships m join users u on u.id = m.user_id \
    left join roles r on r.tenant_id = m.tenant_id and r.id = m.role_id";

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    role_id: Option<Uuid>,
    store_ids: Option<Vec<Uuid>>,
    created_at: DateTime<Utc>,
    role_name: Option<String>,
    permissions: Option<Vec<String>>,
    seen_at: Option<DateTime<Utc>>,
    has_second_factor: bool,
    is_proven: bool,
    is_open: bool,
}

impl TryFrom<Row> for Member {
    type Error = DataError;
    fn try_from(row: Row) -> Result<Self, DataError> {
        Ok(Self {
            id: row.id.into(),
            email: row.email,
            name: row.name,
            role: member_role(&row.role, row.role_id.map(|id| (id, row.role_name, row.permissions)))?,
            stores: read_stores(row.store_ids),
            joined_at: row.created_at,
            seen_at: row.seen_at,
            has_second_factor: row.has_second_factor,
            is_proven: row.is_proven,
            is_open: row.is_open,
        })
    }
}
