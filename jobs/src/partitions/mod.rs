//! The upkeep of partitions: quarters made ahead and rows moved out of default partitions; quarters past their
//! retention taken to the object store and brought back.

mod archive;
mod error;
mod file;
mod maintain;
mod manifest;
mod restore;

pub use archive::{Archived, archive, archive_due, due};
pub use error::ArchiveError;
pub use maintain::{Fault, Report, maintain, watch};
pub use manifest::{File, Manifest};
pub use restore::restore;
