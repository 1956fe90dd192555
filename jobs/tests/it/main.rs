//! Background work against a real PostgreSQL, and what it reaches: sshd, an S3 server, an SMTP server.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod alarms;
mod backup_again;
mod backup_child;
mod backup_kills;
mod backup_restore;
mod backup_retention;
mod backup_setup;
mod backups;
mod broken_backups;
mod customers;
mod customers_recount;
mod erased;
mod expired;
mod files;
mod killed;
mod large;
mod lock_waits;
mod mail;
mod offsite;
mod offsite_again;
mod offsite_copy;
mod offsite_refused;
mod order_mail;
mod partitions;
mod partitions_of_old;
mod partitions_returns;
mod partitions_under_traffic;
mod partitions_upkeep;
mod pruned;
mod queued;
mod refused;
mod retail;
mod runs;
mod setup;
mod sink;
mod sshd;
mod stock;
mod storage;
mod storage_server;
mod summaries;
mod upkeep;
mod warm;
mod webhooks;
mod work;
