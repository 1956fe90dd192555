//! Backups: their rows (made, moved on, listed, counted, watched), and everything that a backup needs of PostgreSQL:
//! which tables a tenant has, their rows in one snapshot, scratch databases, and bringing rows back. Files, packing
//! and storage lie in `jobs`.

mod adopt;
mod alarms;
mod ask;
mod difference;
mod due;
mod forget;
mod list;
mod note;
pub mod owner;
mod pending;
mod place;
pub mod quarantine;
mod row;
pub mod scratch;
mod snapshot;
mod summary;
pub mod tables;
pub mod whole;
mod write;

pub use adopt::adopt;
pub use alarms::{alarms, tenant_alarms};
pub use ask::{JOB, ask};
pub use due::{Due, PLATFORM_HOUR, due, next_slot, retention_days};
pub use forget::forget;
#[cfg(feature = "testing")]
pub use list::explain;
pub use list::{left, list, owner_of, platform_list, retained, show};
pub use note::{note_offsite, note_reading, note_removed, note_unread, note_verified};
pub use pending::{Pending, uncopied, unread};
pub use place::Place;
pub use row::{Backup, Proof};
pub use snapshot::Snapshot;
pub use summary::{KindSummary, Summary, platform_summary, summary};
pub use write::{Began, Claim, Done, NewBackup, begin, fail, heartbeat, prune, reap, store};
