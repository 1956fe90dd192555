//! Scheduled maintenance. Each rule is a plain function beside the thin job that calls it. All of them may run twice, even at
//! once: they delete what is old (`prune`), create what is missing, or verify what is stored.

pub mod audit;
pub mod partitions;
pub mod prune;
pub mod rollups;

/// More tenants than an installation has.
pub(crate) const TENANTS: u64 = 100_000;
