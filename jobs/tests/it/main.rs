//! Imports against a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod expired;
mod files;
mod killed;
mod large;
mod queued;
mod refused;
mod retail;
mod runs;
mod setup;
mod upkeep;
mod work;
