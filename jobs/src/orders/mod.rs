//! What happens after an order came in.

pub(crate) mod job;
mod notify;

pub use notify::{notify, notify_all};
