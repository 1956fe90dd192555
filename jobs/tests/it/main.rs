//! Imports against a real PostgreSQL, off-site copies against a real sshd.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod customers;
mod expired;
mod files;
mod killed;
mod large;
mod mail;
mod offsite;
mod offsite_copy;
mod offsite_refused;
mod order_mail;
mod queued;
mod refused;
mod retail;
mod runs;
mod setup;
mod sink;
mod sshd;
mod stock;
mod storage;
mod summaries;
mod upkeep;
mod warm;
mod work;
