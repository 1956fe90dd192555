//! What somebody is to be in a tenant: role and stores, as a form names them and as rows hold them.

use domain::fields::FieldErrors;
use domain::people::{MemberRole, StoreAccess};
use domain::permission::{Beyond, Rights, Role};
use uuid::Uuid;

use super::roles;
use crate::entities::enums::RoleName;
use crate::error::DataError;
use crate::scope::Tx;
use crate::stores;

/// Role and stores as somebody chose them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPlace {
    /// `manager`, `staff`, `viewer`, or the id of one of the tenant's own.
    pub role: String,
    /// Slugs of the stores; none for all.
    pub stores: Option<Vec<String>>,
}

/// The same, found in the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub role: MemberRole,
    pub stores: StoreAccess,
}

impl NewPlace {
    /// Looks up what was chosen. Nobody gives away more than they have: permissions or stores.
    ///
    /// # Errors
    /// What is wrong with `role` and `stores`.
    pub(super) async fn find(&self, tx: &Tx) -> Result<Place, DataError> {
        let mut errors = FieldErrors::default();
        let role = self.find_role(tx).await?;
        if role.is_none() {
            errors.add("role", "Choose a role from the list.");
        }
        let stores = match &self.stores {
            None => StoreAccess::All,
            Some(slugs) => {
                let known = stores::list(tx).await?;
                let found = known.iter().filter(|s| slugs.contains(&s.slug));
                let found = StoreAccess::of(Some(found.map(|s| s.id)));
                let is_empty = found.only().is_some_and(<[_]>::is_empty);
                errors.add_if(is_empty, "stores", "Select at least one store, or all stores.");
                let all_known = slugs.iter().all(|slug| known.iter().any(|s| s.slug == *slug));
                errors.add_if(!is_empty && !all_known, "stores", "Choose stores from the list.");
                found
            }
        };
        let rights = role.as_ref().map(|role| Rights::new(role.permissions(), stores.clone()));
        match rights.map(|rights| tx.scope().may_grant(&rights)) {
            Some(Err(Beyond::Permissions(_))) => errors.add("role", "This role has permissions that you do not have."),
            Some(Err(Beyond::Stores)) if errors.is_empty() => errors.add(
                "stores",
                "Select only stores that you have \
                access to.",
            ),
            _ => {}
        }
        match role {
            Some(role) if errors.is_empty() => Ok(Place { role, stores }),
            _ => Err(errors.into()),
        }
    }

    // Ownership is transferred, not given.
    async fn find_role(&self, tx: &Tx) -> Result<Option<MemberRole>, DataError> {
        if let Ok(role) = self.role.parse::<Role>() {
            return Ok((role != Role::Owner).then_some(MemberRole::Fixed(role)));
        }
        match self.role.parse() {
            Ok(id) => Ok(roles::find(tx, id).await?.map(|own| own.member_role())),
            Err(_) => Ok(None),
        }
    }
}

impl Place {
    /// The columns `role`, `role_id` and `store_ids`.
    pub fn columns(&self) -> (RoleName, Option<Uuid>, Option<Vec<Uuid>>) {
        let (name, custom) = match &self.role {
            MemberRole::Fixed(role) => (RoleName::from(*role), None),
            MemberRole::Custom { id, .. } => (RoleName::Custom, Some(id.0)),
        };
        let stores = self.stores.only().map(|stores| stores.iter().map(|store| store.0).collect());
        (name, custom, stores)
    }

    /// For the audit.
    pub fn details(&self) -> serde_json::Value {
        serde_json::json!({"role": self.role.name(), "stores": self.stores.only()})
    }
}
