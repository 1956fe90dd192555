//! Settings of a tenant as a whole and of its stores. What the taking of an order must know stands with the store's own row; the rest by name in
//! `settings`. Pages read them from memory, where they are kept for an hour and forgotten at once when somebody edits them.

mod known;
mod recipients;
mod rows;
mod store;
mod tenant;

pub use known::KnownSettings;
pub(crate) use known::{CHANNEL, Hearing};
pub(crate) use recipients::summary_hour;
pub use recipients::{recipients, set_recipients};
pub use store::{change, has_orders, of_store};
pub use tenant::{change_tenant, of_tenant};
