//! Filling the cache before somebody asks.

mod warm;

pub use warm::{Limits, Report, warm};
