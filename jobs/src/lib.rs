//! Background work: imports of snapshot files, mail, what customers are worth, upkeep, and the worker that does it.

pub mod cache;
pub mod customers;
pub mod imports;
pub mod mail;
pub mod orders;
pub mod stock;
pub mod summaries;
pub mod upkeep;
pub mod worker;

pub use upkeep::run_named;
