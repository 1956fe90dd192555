//! Doors that only tests may use: fresh migrated databases, tenants and orders to begin with.

mod database;
pub mod plans;
mod seed;
mod statements;

pub use database::TestDb;
pub use seed::{head, order, place_all, store, tenant};
pub(crate) use statements::assert_names_its_tenant;

/// Seals places in lists for tests that are about something else.
pub fn seal() -> domain::page::Seal {
    let (nobody, list) = (crate::platform::PlatformTx::NIL, domain::page::List::Orders);
    domain::page::Cursors::new(b"tests").of(nobody, uuid::Uuid::nil(), list, chrono::DateTime::UNIX_EPOCH)
}
