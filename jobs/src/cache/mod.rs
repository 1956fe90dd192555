//! Filling the cache before somebody asks.

pub(crate) mod job;
mod warm;

pub use warm::{Limits, Report, warm};
