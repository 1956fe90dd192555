//! Background work: imports of snapshot files and upkeep, and the worker that does both.

pub mod imports;
pub mod storage;
pub mod upkeep;
pub mod worker;

pub use upkeep::run_named;
