//! `/t/{tenant}/settings` and below it.

mod sign_in;
mod store;
mod tenant;

pub use sign_in::{ask_remove as ask_remove_sign_in, remove as remove_sign_in, save as save_sign_in, show as sign_in};
pub use store::{change, show as store, stock};
pub use tenant::{add_store, backups, save, show};
