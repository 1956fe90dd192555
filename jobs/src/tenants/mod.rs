//! Tenants whose time is over: saved once more, then removed from everywhere.

mod erase;
pub(crate) mod job;

pub use erase::{Fate, erase};
