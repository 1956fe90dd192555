//! Imports and backups against a real PostgreSQL, off-site copies against a real sshd.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod backup_child;
mod backup_kills;
mod backup_restore;
mod backup_retention;
mod backup_setup;
mod backups;
mod broken_backups;
mod files;
mod killed;
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
mod storage_server;
mod upkeep;
