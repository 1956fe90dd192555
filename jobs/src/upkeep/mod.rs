//! What must be done now and then, whether or not anybody asks. Each is a plain function, and beside it the thin job that
//! calls it. All of them may run twice, even at once: they remove what is old or make what is missing.

pub mod audit;
pub mod feed;
pub mod idempotency;
pub mod job_runs;
pub mod partitions;
pub mod rollups;
pub mod sessions;

/// More tenants than an installation has.
pub(crate) const TENANTS: u64 = 100_000;
