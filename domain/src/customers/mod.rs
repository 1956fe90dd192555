//! What customers are worth to a store: scores and segments.

mod score;
mod segment;

pub use score::{Scores, score};
pub use segment::{FRESH_DAYS, Segment, Traits};
