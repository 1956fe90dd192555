//! `/t/{tenant}/backups` and below it.

mod download;

pub use download::show as download;
