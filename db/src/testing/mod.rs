//! Doors that only tests may use: fresh migrated databases, tenants and orders to begin with.

mod database;
pub mod plans;
mod seed;

pub use database::TestDb;
pub use seed::{head, order, place_all, store, tenant};
