//! Imports against a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod files;
mod killed;
mod queued;
mod refused;
mod retail;
mod runs;
mod setup;
mod storage;
mod upkeep;
