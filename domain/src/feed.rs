//! The kinds of event a tenant's feed carries. Names are part of the contract.

use serde::{Deserialize, Serialize};

use crate::permission::Permission;

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum EventKind {
    /// An order came in.
    #[serde(rename = "order.placed")]
    OrderPlaced,
    /// An order changed in any way; it follows the event that says in which, where there is one.
    #[serde(rename = "order.updated")]
    OrderUpdated,
    /// Everything that an order costs was paid.
    #[serde(rename = "order.paid")]
    OrderPaid,
    /// Goods of an order were sent.
    #[serde(rename = "order.fulfilled")]
    OrderFulfilled,
    /// Money was given back on an order.
    #[serde(rename = "order.refunded")]
    OrderRefunded,
    /// An order was cancelled.
    #[serde(rename = "order.cancelled")]
    OrderCancelled,
    /// What an order says was changed: contact, addresses, notes, tags or items.
    #[serde(rename = "order.edited")]
    OrderEdited,
    /// An import stored some orders, or ended.
    #[serde(rename = "import.progress")]
    ImportProgress,
    /// A store was made.
    #[serde(rename = "store.created")]
    StoreCreated,
    /// The settings of a store changed.
    #[serde(rename = "store.changed")]
    StoreChanged,
    /// The figures were computed anew.
    #[serde(rename = "figures.rebuilt")]
    FiguresRebuilt,
    /// A backup was made, read back, given up, or failed.
    #[serde(rename = "backup.changed")]
    BackupChanged,
    /// Who may enter changed, or what they may do: members, their roles and stores, keys.
    #[serde(rename = "access.changed")]
    AccessChanged,
    /// Data of the tenant were brought back from a backup: everything may have changed.
    #[serde(rename = "tenant.restored")]
    TenantRestored,
    /// Events before this one are no longer kept.
    #[serde(rename = "gap")]
    Gap,
}

impl EventKind {
    /// Those that can be chosen where only some are wanted: all but [`EventKind::Gap`], which always comes.
    pub const CHOSEN: [Self; 14] = [
        Self::OrderPlaced,
        Self::OrderUpdated,
        Self::OrderPaid,
        Self::OrderFulfilled,
        Self::OrderRefunded,
        Self::OrderCancelled,
        Self::OrderEdited,
        Self::ImportProgress,
        Self::StoreCreated,
        Self::StoreChanged,
        Self::FiguresRebuilt,
        Self::BackupChanged,
        Self::AccessChanged,
        Self::TenantRestored,
    ];

    /// What people read beside its name.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OrderPlaced => "an order was placed",
            Self::OrderUpdated => "an order changed",
            Self::OrderPaid => "an order was paid",
            Self::OrderFulfilled => "items were sent",
            Self::OrderRefunded => "a refund was recorded",
            Self::OrderCancelled => "an order was cancelled",
            Self::OrderEdited => "an order was edited",
            Self::ImportProgress => "an import made progress or finished",
            Self::StoreCreated => "a store was created",
            Self::StoreChanged => "store settings changed",
            Self::FiguresRebuilt => "sales figures were rebuilt",
            Self::BackupChanged => "a backup was created, verified, deleted, or failed",
            Self::AccessChanged => "members, roles or API keys changed",
            Self::TenantRestored => "data was restored from a backup",
            Self::Gap => "earlier events were deleted",
        }
    }

    /// The permission to read what it is about, beside that to follow events; none where it says nothing but that something
    /// happened.
    pub const fn about(self) -> Option<Permission> {
        match self {
            Self::OrderPlaced
            | Self::OrderUpdated
            | Self::OrderPaid
            | Self::OrderFulfilled
            | Self::OrderRefunded
            | Self::OrderCancelled
            | Self::OrderEdited => Some(Permission::ReadOrders),
            Self::ImportProgress => Some(Permission::ReadImports),
            Self::FiguresRebuilt => Some(Permission::ReadReports),
            Self::BackupChanged => Some(Permission::ReadBackups),
            Self::StoreCreated | Self::StoreChanged | Self::AccessChanged | Self::TenantRestored | Self::Gap => None,
        }
    }

    /// As it stands in `event:` lines and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrderPlaced => "order.placed",
            Self::OrderUpdated => "order.updated",
            Self::OrderPaid => "order.paid",
            Self::OrderFulfilled => "order.fulfilled",
            Self::OrderRefunded => "order.refunded",
            Self::OrderCancelled => "order.cancelled",
            Self::OrderEdited => "order.edited",
            Self::ImportProgress => "import.progress",
            Self::StoreCreated => "store.created",
            Self::StoreChanged => "store.changed",
            Self::FiguresRebuilt => "figures.rebuilt",
            Self::BackupChanged => "backup.changed",
            Self::AccessChanged => "access.changed",
            Self::TenantRestored => "tenant.restored",
            Self::Gap => "gap",
        }
    }
}

impl std::str::FromStr for EventKind {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::CHOSEN.into_iter().find(|kind| kind.as_str() == text).ok_or("Choose an event from the list.")
    }
}
