//! The upkeep of partitions: quarters made ahead and rows moved out of default partitions; quarters past their
//! retention taken to the object store and brought back.

mod maintain;
mod watch;

pub use maintain::{Fault, Report, maintain};
pub use watch::watch;
