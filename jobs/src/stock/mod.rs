//! What happens when stock runs low.

mod alert;

pub use alert::alert;
