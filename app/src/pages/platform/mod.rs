//! `/platform` and below it: for those who run the installation. They see how it is, not what tenants keep in it.

mod backups;
mod cache;
mod home;
mod impersonation;
pub mod jobs;
mod model;
mod one_backup;
mod partitions;
mod performance;
pub mod tenants;
pub mod tiers;

pub use backups::page as backups;
pub use cache::page as cache;
pub use home::page as home;
pub use impersonation::{ImpersonationForm, WriteAccessForm, members, page as impersonation, write_access};
pub use model::{
    BackupHealth, Backups, Board, CachePage, JobHealth, OneBackup, Partitions, Performance, RouteRow, SlowRow,
};
pub use one_backup::page as one_backup;
pub use partitions::page as partitions;
pub use performance::page as performance;
