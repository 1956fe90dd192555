//! What customers are worth, recomputed.

pub(crate) mod job;
mod measure;

pub use measure::{Report, measure, measure_in};
