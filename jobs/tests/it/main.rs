//! Imports against a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod customers;
mod files;
mod killed;
mod mail;
mod order_mail;
mod queued;
mod refused;
mod retail;
mod runs;
mod setup;
mod sink;
mod stock;
mod summaries;
mod upkeep;
mod warm;
mod work;
