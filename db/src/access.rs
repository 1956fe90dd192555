//! Who acts in which tenant, and what they may do there. Naming a permission turns an [`Access`] into a [`Scope`].

use std::fmt;
use std::net::IpAddr;

use domain::audit::Via;
use domain::ids::{ApiKeyId, TenantId, UserId};
use domain::people::StoreAccess;
use domain::permission::{KeyScope, Permission, Permissions, Rights};

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
    /// Somebody of whom nothing is proven: only in the record of what was refused.
    Nobody,
}

impl Actor {
    /// The id of the person or the key; nil for everybody else.
    pub const fn id(self) -> uuid::Uuid {
        match self {
            Self::User(id) => id.0,
            Self::Key(id) => id.0,
            Self::Command | Self::Job | Self::Nobody => uuid::Uuid::nil(),
        }
    }

    /// The user whom a column with the text of an actor names; none for other actors.
    pub(crate) fn user_id(text: &str) -> Option<uuid::Uuid> {
        text.strip_prefix("user:")?.parse().ok()
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Key(id) => write!(f, "key:{id}"),
            Self::Command => f.write_str("command"),
            Self::Job => f.write_str("job"),
            Self::Nobody => f.write_str("nobody"),
        }
    }
}

/// Where a change came from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Origin {
    /// The request.
    pub request_id: Option<String>,
    /// Who sent it, as an address.
    pub address: Option<IpAddr>,
    /// The way it came, when the actor does not say it already.
    pub via: Option<Via>,
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
    origin: Origin,
}

impl Access {
    pub(crate) const fn new(db: Db, tenant: TenantId, actor: Actor, grants: Grants) -> Self {
        Self { db, tenant, actor, grants, origin: Origin { request_id: None, address: None, via: None } }
    }

    /// Whoever it is, for the record and for the platform's people.
    pub(crate) const fn acting(db: Db, tenant: TenantId, actor: Actor) -> Self {
        Self::new(db, tenant, actor, Grants::All)
    }

    /// The server itself, at the command line.
    pub const fn command(db: Db, tenant: TenantId) -> Self {
        Self::new(db, tenant, Actor::Command, Grants::All)
    }

    /// The server itself, in the background.
    pub const fn job(db: Db, tenant: TenantId) -> Self {
        Self::new(db, tenant, Actor::Job, Grants::All)
    }

    /// Notes for the audit where whatever is done with it comes from.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The same actor, for the server's own record of what it did or was refused: for nothing else.
    #[must_use]
    pub fn for_the_record(&self) -> Self {
        Self { grants: Grants::All, ..self.clone() }
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

    pub(crate) const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What the actor has.
    pub fn rights(&self) -> Rights {
        match &self.grants {
            Grants::Member(permissions, stores) => Rights::new(*permissions, stores.clone()),
            Grants::Key(scopes, stores) => Rights::new(scopes.iter().map(|s| s.permission()).collect(), stores.clone()),
            Grants::All => Rights::all(),
        }
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
