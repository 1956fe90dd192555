//! Who acts in which tenant, and what they may do there. Naming a permission turns an [`Access`] into a [`Scope`].

use std::fmt;

use domain::ids::{ApiKeyId, TenantId, UserId};
use domain::people::StoreAccess;
use domain::permission::{KeyScope, Permission, Permissions};

use crate::connect::Db;
use crate::error::DataError;
use crate::scope::Scope;

/// Who acts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Actor {
    /// A signed-in person.
    User(UserId),
    /// A program with an API key.
    Key(ApiKeyId),
    /// Somebody at the server's command line.
    Command,
    /// Background work.
    Job,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Key(id) => write!(f, "key:{id}"),
            Self::Command => f.write_str("command"),
            Self::Job => f.write_str("job"),
        }
    }
}

/// What the actor may do in the tenant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Grants {
    /// By membership: what the role includes, in which stores.
    Member(Permissions, StoreAccess),
    /// By API key: its scopes, perhaps for one store only.
    Key(Vec<KeyScope>, StoreAccess),
    /// Everything: command line and background work.
    All,
}

/// Somebody in a tenant. Made only by sign-in, by API key, or by the server itself.
#[derive(Clone)]
pub struct Access {
    db: Db,
    tenant: TenantId,
    actor: Actor,
    grants: Grants,
    request_id: Option<String>,
}

impl Access {
    pub(crate) const fn new(db: Db, tenant: TenantId, actor: Actor, grants: Grants) -> Self {
        Self { db, tenant, actor, grants, request_id: None }
    }

    /// The server itself, at the command line.
    pub const fn command(db: Db, tenant: TenantId) -> Self {
        Self::new(db, tenant, Actor::Command, Grants::All)
    }

    /// The server itself, in the background.
    pub const fn job(db: Db, tenant: TenantId) -> Self {
        Self::new(db, tenant, Actor::Job, Grants::All)
    }

    /// Notes the request for the audit.
    #[must_use]
    pub fn with_request_id(mut self, id: String) -> Self {
        self.request_id = Some(id);
        self
    }

    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The actor.
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// The stores that the actor reaches.
    pub const fn stores(&self) -> &StoreAccess {
        static ALL: StoreAccess = StoreAccess::All;
        match &self.grants {
            Grants::Member(_, stores) | Grants::Key(_, stores) => stores,
            Grants::All => &ALL,
        }
    }

    pub(crate) const fn db(&self) -> &Db {
        &self.db
    }

    pub(crate) fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Whether the actor has `permission`.
    pub fn allows(&self, permission: Permission) -> bool {
        match &self.grants {
            Grants::Member(permissions, stores) => permissions.contains(permission) && stores.suits(permission),
            Grants::Key(scopes, _) => scopes.iter().any(|s| s.permission() == permission),
            Grants::All => true,
        }
    }

    /// A handle on the tenant's data for something that needs `permission`.
    ///
    /// # Errors
    /// [`DataError::Forbidden`] without it.
    pub fn scope(&self, permission: Permission) -> Result<Scope, DataError> {
        if self.allows(permission) { Ok(Scope::new(self.clone())) } else { Err(DataError::Forbidden) }
    }
}
