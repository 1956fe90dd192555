//! The daily summary: yesterday's figures of a store, each morning at seven of its own clock.

pub(crate) mod job;
mod letter;
mod send;

pub use send::{send_due, send_summary};
