//! Everything that speaks to PostgreSQL and Redis, by noun. A tenant's rows are reached only
//! through a [`scope::Scope`]; entities stay private, callers get plain rows.

mod access;
pub mod api_keys;
pub mod attention;
pub mod audit;
pub mod backups;
pub mod cache;
pub mod catalog;
pub mod clock;
mod clocks;
pub mod connect;
pub mod customer_metrics;
pub mod customers;
pub mod dashboards;
mod entities;
pub mod error;
pub mod feed;
#[cfg(test)]
mod fuzz;
pub mod health;
pub mod idempotency;
pub mod impersonation;
pub mod imports;
mod keyset;
mod known;
pub mod limits;
pub mod mend;
mod notes;
pub mod orders;
pub mod outbox;
pub mod partitions;
pub mod people;
pub mod platform;
pub mod queue;
pub mod rate_limits;
mod read_tx;
pub mod reports;
pub mod rollups;
pub mod schema;
pub mod scope;
pub mod sealing;
pub mod sessions;
pub mod settings;
pub mod sso;
pub mod stock;
pub mod stores;
pub mod suggestions;
pub mod summaries;
pub mod team;
mod tenant_token;
#[cfg(feature = "testing")]
pub mod testing;
mod transaction;
mod tx;
pub mod webhooks;

pub use clock::Clock;
pub use connect::{ConnectOptions, Db};
pub use error::DataError;
pub use scope::{Access, Actor, Origin, Scope, Tx};
