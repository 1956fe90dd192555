//! Doors that only tests may use: fresh migrated databases, tenants and orders to begin with.

mod database;
mod environment;
pub mod plans;
mod process;
mod seed;
mod statements;
mod waiting;

pub use database::TestDb;
pub use environment::{full_counts, redis_url};
pub use process::{Process, child, told};
pub use seed::{head, order, place_all, store, tenant};
pub(crate) use statements::assert_names_its_tenant;
pub use waiting::{PATIENCE, eventually, within, within_a_second};

/// Seals places in lists for tests that are about something else.
pub fn seal() -> domain::page::Seal {
    let (nobody, list) = (crate::platform::PlatformTx::NIL, domain::page::List::Orders);
    domain::page::Cursors::new(b"tests").of(nobody, uuid::Uuid::nil(), list, chrono::DateTime::UNIX_EPOCH)
}
