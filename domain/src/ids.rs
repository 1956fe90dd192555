//! Identifiers as types, so that an order's id cannot be passed where a store's is wanted.
//! They are UUIDv7 values made by `db`; nothing here makes one.

use derive_more::{Display, From, FromStr, Into};
use serde::{Deserialize, Serialize};
pub use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta] $name:ident),* $(,)?) => {$(
        #[$doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        #[derive(Display, From, FromStr, Into)]
        pub struct $name(pub Uuid);
    )*};
}

id! {
    /// An account: owner of stores, members and everything below them.
    TenantId,
    /// A shop of a tenant, with its own time zone and currency.
    StoreId,
    /// A person who can sign in.
    UserId,
    /// One order, sale or return.
    OrderId,
    /// One line of an order.
    ItemId,
    /// A person or company that bought.
    CustomerId,
    /// A thing that is sold, in one or more variants.
    ProductId,
    /// What is sold under one SKU.
    VariantId,
    /// Money given back on a sale.
    RefundId,
    /// Money paid, reserved or given up on a sale.
    PaymentId,
    /// Goods of a sale that were sent together.
    FulfilmentId,
    /// One attempt at importing a snapshot.
    ImportId,
    /// A program's key to the API.
    ApiKeyId,
    /// A role of a tenant's own.
    RoleId,
    /// A key on somebody's device that signs them in.
    PasskeyId,
    /// What a tenant has set for single sign-on through its own OpenID Connect provider.
    ProviderId,
    /// A letter that asks somebody to join a tenant.
    InvitationId,
    /// A platform admin who views a tenant as one of its members.
    ImpersonationId,
    /// One copy of data that can be brought back.
    BackupId,
    /// A piece of background work.
    JobId,
    /// One life of a process that does background work.
    WorkerId,
    /// An address that is told what happens in a tenant.
    WebhookId,
    /// One event on its way to one webhook.
    DeliveryId,
}
