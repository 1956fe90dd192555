//! What customers are worth, recomputed.

mod measure;

pub use measure::{Report, measure, measure_in};
