//! `/t/{tenant}/settings` and below it.

mod store;
mod tenant;

pub use store::{change, show as store, stock};
pub use tenant::{add_store, backups, show};
