//! What happens when stock runs low.

mod alert;
pub(crate) mod job;

pub use alert::alert;
