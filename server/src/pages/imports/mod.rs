//! `/t/{tenant}/imports` and below it.

mod create;
mod index;
mod show;
mod start;

pub use create::{ask as new, submit as create};
pub use index::show as index;
pub use show::show;
pub use start::submit as start;
