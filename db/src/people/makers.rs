//! Who made keys and webhooks or sent invitations, and whether they could do so now.

use std::collections::HashMap;

use domain::permission::{Permission, Rights};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{member_role, read_stores};
use crate::entities::{SharedQueries, TenantQueries, membership, role, user};
use crate::error::DataError;
use crate::scope::{Actor, Tx};

/// The users among those who made some rows, with what they may do in the tenant now.
pub(crate) struct Makers {
    emails: HashMap<Uuid, String>,
    members: HashMap<Uuid, (membership::Model, Option<role::Model>)>,
}

impl Makers {
    /// Those of rows with these `actors` (`user:<id>` and the like). Two statements, none without a user among them.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn load<'a>(tx: &Tx, actors: impl IntoIterator<Item = &'a str>) -> Result<Self, DataError> {
        let mut ids: Vec<Uuid> = actors.into_iter().filter_map(Actor::user_id).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(Self { emails: HashMap::new(), members: HashMap::new() });
        }
        let users = tx.find_shared::<user::Entity>().filter(user::Column::Id.eq_any(ids.clone())).select_only();
        let emails: Vec<(Uuid, String)> =
            users.column(user::Column::Id).column(user::Column::Email).into_tuple().all(tx.conn()).await?;
        let members = tx.find::<membership::Entity>().filter(membership::Column::UserId.eq_any(ids));
        let members = members.find_also_related(role::Entity).all(tx.conn()).await?;
        Ok(Self {
            emails: emails.into_iter().collect(),
            members: members.into_iter().map(|(member, custom)| (member.user_id, (member, custom))).collect(),
        })
    }

    /// The email of the user who is `actor`; none for the command line, and for accounts that are gone.
    pub fn email(&self, actor: &str) -> Option<String> {
        self.emails.get(&Actor::user_id(actor)?).cloned()
    }

    /// Whether `actor` could still do what takes `permission` and gives `given`. The server itself could.
    ///
    /// # Errors
    /// When the row of their membership makes no sense.
    pub fn could(&self, actor: &str, permission: Permission, given: &Rights) -> Result<bool, DataError> {
        if !actor.starts_with("user:") {
            return Ok(true);
        }
        let found = Actor::user_id(actor).and_then(|id| self.members.get(&id));
        let Some((member, custom)) = found else { return Ok(false) };
        let role = member_role(member.role, member.role_id, custom.clone())?;
        let rights = Rights::new(role.permissions(), read_stores(member.store_ids.clone()));
        Ok(rights.has(permission) && rights.may_grant(given).is_ok())
    }
}
