//! Everything that speaks to PostgreSQL and Redis, by noun. A tenant's rows are reached only
//! through a [`scope::Scope`]; entities stay private, callers get plain rows.

pub mod api_keys;
pub mod audit;
pub mod backups;
pub mod cache;
pub mod catalog;
pub mod clock;
pub mod connect;
pub mod customers;
pub mod dashboards;
mod entities;
pub mod error;
pub mod feed;
pub mod health;
pub mod idempotency;
pub mod imports;
pub mod orders;
pub mod partitions;
pub mod people;
pub mod platform;
pub mod reports;
pub mod rollups;
pub mod scope;
pub mod sessions;
pub mod stores;
#[cfg(feature = "testing")]
pub mod testing;

pub use clock::Clock;
pub use connect::{ConnectOptions, Db};
pub use error::DataError;
pub use scope::{Access, Actor, Scope, Tx};
