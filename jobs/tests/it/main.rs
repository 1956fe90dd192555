//! Imports against a real PostgreSQL, off-site copies against a real sshd.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod expired;
mod files;
mod killed;
mod large;
mod offsite;
mod offsite_copy;
mod offsite_refused;
mod queued;
mod refused;
mod retail;
mod runs;
mod setup;
mod sshd;
mod storage;
mod upkeep;
mod work;
