//! Queries and commands against a real PostgreSQL. One file per area.

mod cache;
mod feed;
mod figures;
mod idempotency;
mod lists;
mod people;
mod walls;
