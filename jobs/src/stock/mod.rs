//! What happens when stock runs low.

pub(crate) mod job;
mod alert;

pub use alert::alert;
