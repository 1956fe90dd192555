//! `/t/{tenant}/backups` and below it.

mod download;
mod index;

pub use download::show as download;
pub use index::{ask, done_words, show as index};
