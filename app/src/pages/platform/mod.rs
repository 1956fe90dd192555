//! `/platform` and below it: for those who run the installation. They see how it is, not what tenants keep in it.

mod backups;
mod cache;
mod home;
mod impersonation;
pub mod jobs;
mod one_backup;
mod partitions;
mod performance;
pub mod tenants;
pub mod tiers;

pub use backups::{Backups, page as backups};
pub use cache::{CachePage, page as cache};
pub use home::{BackupHealth, Board, JobHealth, page as home};
pub use impersonation::{ImpersonationForm, WriteAccessForm, members, page as impersonation, write_access};
pub use one_backup::{OneBackup, page as one_backup};
pub use partitions::{Partitions, page as partitions};
pub use performance::{Performance, RouteRow, SlowRow, page as performance};
