//! `/t/{tenant}/settings` and below it.

mod sso;
mod store;
mod tenant;

pub use sso::{ask_remove as ask_remove_sso, moved as moved_sso, remove as remove_sso, save as save_sso, show as sso};
pub use store::{change, show as store, stock};
pub use tenant::{add_store, backups, save, show};
