//! What needs a person, by e-mail: whatever the platform's pages and metrics raise about jobs, backups and partitions is told
//! to every platform admin, once a day while it stands.

mod find;
mod tell;

pub use find::{Alarm, find};
pub use tell::{Teller, watch};
