//! Queries and commands against a real PostgreSQL. One file per area.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod audit_ends;
mod backup_tiers;
mod backups;
mod beside_lists;
mod buyers;
mod cache;
mod counts;
mod eager;
mod eager_operations;
mod feed;
mod figures;
mod grants;
mod idempotency;
mod imports;
mod joining;
mod limits;
mod lists;
mod migrated;
mod order_changes;
mod order_replaced;
mod partitions;
mod partitions_seen;
mod people;
mod plans;
mod products;
mod proven;
mod queue;
mod returns;
mod searches;
mod settings;
mod storage;
mod suggestions;
mod walls;
mod webhooks;
