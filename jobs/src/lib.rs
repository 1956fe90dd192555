//! Background work: imports of snapshot files, partitions and upkeep, and the worker that does them.

pub mod backups;
pub mod imports;
pub mod partitions;
pub mod storage;
pub mod upkeep;
pub mod worker;

pub use upkeep::run_named;
