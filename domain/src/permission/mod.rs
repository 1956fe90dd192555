//! Who may do what. A role is a set of permissions; every handler names the one it needs.

mod grant;
mod set;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::choices::choices;

pub use grant::{Beyond, Rights};
pub use set::Permissions;

/// One right within a tenant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[strum(parse_err_ty = Unknown, parse_err_fn = Unknown::of::<Permission>)]
pub enum Permission {
    /// See the dashboard and reports.
    #[strum(serialize = "reports.read")]
    ReadReports,
    /// See orders and their customers.
    #[strum(serialize = "orders.read")]
    ReadOrders,
    /// Add orders, and record what happens to them.
    #[strum(serialize = "orders.write")]
    WriteOrders,
    /// Cancel an order.
    #[strum(serialize = "orders.cancel")]
    CancelOrders,
    /// Give money back.
    #[strum(serialize = "orders.refund")]
    RefundOrders,
    /// Follow the tenant's feed.
    #[strum(serialize = "events.read")]
    ReadEvents,
    /// See imports and their problems.
    #[strum(serialize = "imports.read")]
    ReadImports,
    /// Upload and run imports.
    #[strum(serialize = "imports.run")]
    RunImports,
    /// Add and change stores.
    #[strum(serialize = "stores.manage")]
    ManageStores,
    /// Add members and change their roles.
    #[strum(serialize = "people.manage")]
    ManagePeople,
    /// Make and revoke API keys; say where events are sent.
    #[strum(serialize = "keys.manage")]
    ManageKeys,
    /// See backups and how they fare.
    #[strum(serialize = "backups.read")]
    ReadBackups,
    /// Make backups, choose their hour, download them.
    #[strum(serialize = "backups.manage")]
    ManageBackups,
    /// See the tenant's own background jobs.
    #[strum(serialize = "jobs.read")]
    ReadJobs,
    /// See who did what.
    #[strum(serialize = "audit.read")]
    ReadAudit,
}

impl Permission {
    /// All of them, for matrices in tests.
    pub const ALL: [Self; 15] = [
        Self::ReadReports,
        Self::ReadOrders,
        Self::WriteOrders,
        Self::CancelOrders,
        Self::RefundOrders,
        Self::ReadEvents,
        Self::ReadImports,
        Self::RunImports,
        Self::ManageStores,
        Self::ManagePeople,
        Self::ManageKeys,
        Self::ReadBackups,
        Self::ManageBackups,
        Self::ReadJobs,
        Self::ReadAudit,
    ];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What it lets somebody do.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ReadReports => "View dashboard and reports",
            Self::ReadOrders => "View orders and customers",
            Self::WriteOrders => "Create and edit orders",
            Self::CancelOrders => "Cancel orders",
            Self::RefundOrders => "Refund orders",
            Self::ReadEvents => "Receive live events",
            Self::ReadImports => "View imports",
            Self::RunImports => "Run imports",
            Self::ManageStores => "Manage stores",
            Self::ManagePeople => "Manage members and roles",
            Self::ManageKeys => "Manage API keys and webhooks",
            Self::ReadBackups => "View backups",
            Self::ManageBackups => "Create and download backups",
            Self::ReadJobs => "View jobs",
            Self::ReadAudit => "View audit log",
        }
    }

    /// Whether it reaches beyond single stores: nobody who is limited to some has it, whatever their role says.
    pub const fn is_of_whole_tenant(self) -> bool {
        match self {
            Self::ManageStores
            | Self::ManagePeople
            | Self::ManageKeys
            | Self::ReadBackups
            | Self::ManageBackups
            | Self::ReadJobs
            | Self::ReadAudit => true,
            Self::ReadReports
            | Self::ReadOrders
            | Self::WriteOrders
            | Self::CancelOrders
            | Self::RefundOrders
            | Self::ReadEvents
            | Self::ReadImports
            | Self::RunImports => false,
        }
    }
}

/// A member's role in one tenant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase", parse_err_ty = Unknown, parse_err_fn = Unknown::of::<Role>)]
pub enum Role {
    /// Owns the account: everything.
    Owner,
    /// Runs the stores: everything but the account itself.
    Manager,
    /// Works on orders and imports.
    Staff,
    /// Looks, changes nothing.
    Viewer,
}

impl Role {
    /// All of them, strongest first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Manager, Self::Staff, Self::Viewer];

    /// Whether this role includes `permission`.
    pub fn allows(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Owner => true,
            Self::Manager => permission != P::ManagePeople,
            Self::Staff => !matches!(
                permission,
                P::ManageStores | P::ManagePeople | P::ManageKeys | P::ManageBackups | P::ReadAudit
            ),
            Self::Viewer => matches!(permission, P::ReadReports | P::ReadOrders | P::ReadEvents | P::ReadImports),
        }
    }

    /// All permissions that this role includes.
    pub fn permissions(self) -> Permissions {
        Permission::ALL.into_iter().filter(|p| self.allows(*p)).collect()
    }

    /// As stored and shown.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What an API key may do; each scope is one or more permissions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, EnumString, IntoStaticStr, VariantArray)]
#[strum(parse_err_ty = Unknown, parse_err_fn = Unknown::of::<KeyScope>)]
pub enum KeyScope {
    /// `orders:read`
    #[strum(serialize = "orders:read")]
    OrdersRead,
    /// `orders:write`
    #[strum(serialize = "orders:write")]
    OrdersWrite,
    /// `reports:read`
    #[strum(serialize = "reports:read")]
    ReportsRead,
    /// `events:read`
    #[strum(serialize = "events:read")]
    EventsRead,
}

impl KeyScope {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::OrdersRead, Self::OrdersWrite, Self::ReportsRead, Self::EventsRead];

    /// As written in `--scopes` and stored.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The permission that this scope grants.
    pub const fn permission(self) -> Permission {
        match self {
            Self::OrdersRead => Permission::ReadOrders,
            Self::OrdersWrite => Permission::WriteOrders,
            Self::ReportsRead => Permission::ReadReports,
            Self::EventsRead => Permission::ReadEvents,
        }
    }
}

/// The text names no role or scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is unknown. Use one of {1}.")]
pub struct Unknown(String, String);

impl Unknown {
    fn of<T: VariantArray + Copy + Into<&'static str>>(text: &str) -> Self {
        Self(text.to_owned(), choices::<T>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_changes_nothing() {
        let allowed: Vec<_> = Permission::ALL.into_iter().filter(|p| Role::Viewer.allows(*p)).collect();
        assert_eq!(
            allowed,
            [Permission::ReadReports, Permission::ReadOrders, Permission::ReadEvents, Permission::ReadImports]
        );
    }

    #[test]
    fn names_read_back() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        for permission in Permission::ALL {
            assert_eq!(permission.as_str().parse(), Ok(permission));
        }
        for scope in KeyScope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(scope));
        }
        assert!("admin".parse::<Role>().unwrap_err().to_string().contains("owner, manager"));
    }
}
