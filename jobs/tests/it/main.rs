//! Imports and backups against a real PostgreSQL.
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
mod partitions;
mod partitions_under_traffic;
mod queued;
mod refused;
mod retail;
mod runs;
mod setup;
mod storage;
mod storage_server;
mod upkeep;
