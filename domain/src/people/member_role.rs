//! The role of a member: one that every tenant has, or one of the tenant's own.

use crate::ids::RoleId;
use crate::permission::{Permission, Permissions, Role};

/// A member's role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MemberRole {
    /// One that every tenant has.
    Fixed(Role),
    /// One of the tenant's own.
    Custom {
        /// Its id.
        id: RoleId,
        /// Its name.
        name: String,
        /// What it includes.
        permissions: Permissions,
    },
}

impl MemberRole {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Fixed(role) => role.as_str(),
            Self::Custom { name, .. } => name,
        }
    }

    /// As it is stored and chosen in forms: `manager`, or the id of one of the tenant's own.
    pub fn code(&self) -> String {
        match self {
            Self::Fixed(role) => role.as_str().to_owned(),
            Self::Custom { id, .. } => id.to_string(),
        }
    }

    /// Whether it includes `permission`.
    pub fn allows(&self, permission: Permission) -> bool {
        match self {
            Self::Fixed(role) => role.allows(permission),
            Self::Custom { permissions, .. } => permissions.contains(permission),
        }
    }

    /// All that it includes.
    pub fn permissions(&self) -> Permissions {
        match self {
            Self::Fixed(role) => role.permissions(),
            Self::Custom { permissions, .. } => *permissions,
        }
    }

    /// Whether it is that of the owner.
    pub const fn is_owner(&self) -> bool {
        matches!(self, Self::Fixed(Role::Owner))
    }
}
