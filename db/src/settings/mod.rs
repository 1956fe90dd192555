//! Settings of a store. What the taking of an order must know stands with the store's own row; the rest by name in
//! `settings`. Pages read them from memory, where they are kept for an hour and forgotten at once when somebody edits them.

mod known;
mod recipients;
mod store;

pub use known::KnownSettings;
pub(crate) use known::{CHANNEL, Hearing};
pub use recipients::{recipients, set_recipients};
pub use store::{change, has_orders, of_store};
