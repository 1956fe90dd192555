//! Who made a key or a webhook or sent an invitation, and whether they could do so now.

use domain::permission::{Permission, Rights};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::{member_role, read_stores};
use crate::error::DataError;

/// What [`Maker`] reads, from [`joins`].
pub(crate) const MAKER: &str = "made.made_by, mu.email maker_email, mm.role maker_role, mm.role_id maker_role_id, \
    mm.store_ids maker_store_ids, mr.name maker_role_name, mr.permissions maker_permissions";

/// Joins the maker of `made`, a table with `tenant_id`, whose `column` names who made a row.
pub(crate) fn joins(made: &str, column: &str) -> String {
    format!(
        "cross join lateral (select {made}.{column} as made_by) made \
         left join users mu on mu.id = case when made.made_by like 'user:%' then substr(made.made_by, 6)::uuid end \
         left join memberships mm on mm.tenant_id = {made}.tenant_id and mm.user_id = mu.id \
         left join roles mr on mr.tenant_id = mm.tenant_id and mr.id = mm.role_id"
    )
}

/// Who made something, and what they may do now.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Maker {
    made_by: String,
    maker_email: Option<String>,
    maker_role: Option<String>,
    maker_role_id: Option<Uuid>,
    maker_store_ids: Option<Vec<Uuid>>,
    maker_role_name: Option<String>,
    maker_permissions: Option<Vec<String>>,
}

impl Maker {
    /// The address of the person who did; none for the command line, and for accounts that are gone.
    pub fn email(&self) -> Option<String> {
        self.maker_email.clone()
    }

    /// Whether they could still do what takes `permission` and gives `given`. The server itself could.
    ///
    /// # Errors
    /// When the row makes no sense.
    pub fn could(&self, permission: Permission, given: &Rights) -> Result<bool, DataError> {
        if !self.made_by.starts_with("user:") {
            return Ok(true);
        }
        let Some(word) = &self.maker_role else { return Ok(false) };
        let own = self.maker_role_id.map(|id| (id, self.maker_role_name.clone(), self.maker_permissions.clone()));
        let rights = Rights::new(member_role(word, own)?.permissions(), read_stores(self.maker_store_ids.clone()));
        Ok(rights.has(permission) && rights.may_grant(given).is_ok())
    }
}
