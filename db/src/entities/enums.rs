//! Enums of columns that `domain` knows nothing of.

use domain::permission::Role;
use sea_orm::{DeriveActiveEnum, EnumIter};

/// The role of a member or of an invitation, as its column has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum RoleName {
    /// The tenant's owner.
    Owner,
    /// A manager.
    Manager,
    /// Staff.
    Staff,
    /// Reads only.
    Viewer,
    /// A custom role; `role_id` names it.
    Custom,
}

impl RoleName {
    /// The built-in role of this name; none for a custom one.
    pub const fn built_in(self) -> Option<Role> {
        match self {
            Self::Owner => Some(Role::Owner),
            Self::Manager => Some(Role::Manager),
            Self::Staff => Some(Role::Staff),
            Self::Viewer => Some(Role::Viewer),
            Self::Custom => None,
        }
    }
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Manager => Self::Manager,
            Role::Staff => Self::Staff,
            Role::Viewer => Self::Viewer,
        }
    }
}

/// Where an email is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum MailStatus {
    /// It is due at `due_at`.
    Queued,
    /// A worker has it.
    Sending,
    /// The mail server took it.
    Sent,
    /// All attempts failed.
    Failed,
}

/// What a link in an email is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum LinkPurpose {
    /// Setting a new password.
    Password,
    /// Confirming an email address.
    Email,
}

/// What a worker is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum WorkerState {
    /// It takes jobs.
    Working,
    /// It finishes what it has.
    Stopping,
    /// It ended.
    Stopped,
    /// It gave no sign of life for too long.
    Lost,
}

/// Why a job is scheduled for later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum WaitsFor {
    /// It was enqueued for later.
    Later,
    /// An attempt failed.
    Backoff,
    /// It asked to run again later.
    Snoozed,
    /// A worker that stopped gave it back.
    Released,
}
