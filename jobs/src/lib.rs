//! Background work: imports of snapshot files and upkeep, and the worker that does both; copies kept off-site.

pub mod backups;
pub mod imports;
pub mod offsite;
pub mod storage;
pub mod upkeep;
pub mod worker;

pub use upkeep::run_named;
