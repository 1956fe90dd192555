//! Members: who they are, what they may do, and how they leave.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use domain::people::{MemberRole, StoreAccess};
use domain::permission::Rights;
use sea_orm::sea_query::{Func, LockType};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};
use serde_json::json;
use uuid::Uuid;

use super::owner::update;
use super::place::NewPlace;
use crate::entities::enums::RoleName;
use crate::entities::{SharedQueries, TenantQueries, linked_identity, membership, role, session, tenant, user};
use crate::error::DataError;
use crate::people::profiles::{Profile, profiles};
use crate::people::{member_role, read_stores};
use crate::scope::{Actor, Scope, Tx};

/// Most members that a list shows.
const SHOWN: u64 = 500;

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

/// The members, owners first, then by address; the first 500. Four statements at any size.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn members(scope: &Scope) -> Result<Vec<Member>, DataError> {
    let tx = scope.begin().await?;
    let found = tx
        .find::<membership::Entity>()
        .inner_join(user::Entity)
        .order_by_asc(membership::Column::Role.ne(RoleName::Owner))
        .order_by_asc(Func::lower(user::Column::Email.into_expr()))
        .limit(SHOWN)
        .all(tx.conn())
        .await?;
    let members = whole(&tx, found).await?;
    tx.end();
    Ok(members)
}

/// One member.
///
/// # Errors
/// [`DataError::NotFound`] for whoever is none.
pub async fn member(scope: &Scope, id: UserId) -> Result<Member, DataError> {
    let tx = scope.begin().await?;
    let found = of_user(&tx, id).all(tx.conn()).await?;
    let members = whole(&tx, found).await?;
    tx.end();
    members.into_iter().next().ok_or(DataError::NotFound("member"))
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
    let (role, role_id, store_ids) = place.columns();
    let row = membership::ActiveModel {
        role: Set(role),
        role_id: Set(role_id),
        store_ids: Set(store_ids),
        ..Default::default()
    };
    update(&tx, id, row).exec(tx.conn()).await?;
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
    tx.delete::<membership::Entity>().filter(membership::Column::UserId.eq(id.0)).exec(tx.conn()).await?;
    tx.delete::<linked_identity::Entity>().filter(linked_identity::Column::UserId.eq(id.0)).exec(tx.conn()).await?;
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
    let own = tenant::Column::Id.eq(tx.tenant_filter().0);
    let before = tx.find_shared::<tenant::Entity>().filter(own.clone()).lock(LockType::NoKeyUpdate).select_only();
    let before: Option<bool> = before.column(tenant::Column::NeedsSecondFactor).into_tuple().one(tx.conn()).await?;
    let row = tenant::ActiveModel { needs_second_factor: Set(needs), ..Default::default() };
    tx.update_shared::<tenant::Entity>().set(row).filter(own).exec(tx.conn()).await?;
    let (before, after) = (json!({"needed": before}), json!({"needed": needs}));
    crate::audit::changed(&tx, "team.second_factor", "team", before, after).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await
}

// The member, locked, when the actor may touch them.
async fn within_reach(tx: &Tx, id: UserId, what: &str) -> Result<Member, DataError> {
    let found = of_user(tx, id).lock_exclusive().all(tx.conn()).await?;
    let member = whole(tx, found).await?.into_iter().next().ok_or(DataError::NotFound("member"))?;
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

fn of_user(tx: &Tx, id: UserId) -> Select<membership::Entity> {
    tx.find::<membership::Entity>().filter(membership::Column::UserId.eq(id.0))
}

// With their custom roles, their accounts, and when they were last signed in.
async fn whole(tx: &Tx, found: Vec<membership::Model>) -> Result<Vec<Member>, DataError> {
    let roles = tx.load_one(&found, tx.find::<role::Entity>()).await?;
    let ids: Vec<Uuid> = found.iter().map(|member| member.user_id).collect();
    let accounts = profiles(tx, tx.conn(), ids.clone()).await?;
    let mut accounts: HashMap<Uuid, Profile> = accounts.into_iter().map(|account| (account.id, account)).collect();
    let sessions = tx.find_shared::<session::Entity>().filter(session::Column::UserId.eq_any(ids)).select_only();
    let seen: Vec<(Uuid, DateTime<Utc>)> = sessions
        .column(session::Column::UserId)
        .column_as(session::Column::SeenAt.max(), "seen_at")
        .group_by(session::Column::UserId)
        .into_tuple()
        .all(tx.conn())
        .await?;
    let seen: HashMap<Uuid, DateTime<Utc>> = seen.into_iter().collect();
    let member = |(row, custom): (membership::Model, Option<role::Model>)| {
        let account = accounts.remove(&row.user_id)?;
        let seen_at = seen.get(&row.user_id).copied();
        Some(Member::of(row, custom, account, seen_at))
    };
    found.into_iter().zip(roles).filter_map(member).collect()
}

impl Member {
    fn of(
        row: membership::Model,
        custom: Option<role::Model>,
        account: Profile,
        seen_at: Option<DateTime<Utc>>,
    ) -> Result<Self, DataError> {
        let is_proven = account.email_proven_at.is_some();
        Ok(Self {
            id: row.user_id.into(),
            email: account.email,
            name: account.name,
            role: member_role(row.role, row.role_id, custom)?,
            stores: read_stores(row.store_ids),
            joined_at: row.created_at,
            seen_at,
            has_second_factor: account.has_second_factor,
            is_proven,
            is_open: is_proven || row.is_vouched,
        })
    }
}
