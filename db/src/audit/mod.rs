//! The record of who did what: it only grows, and each entry is chained to the one before it of the same tenant, so that
//! a change of what was written is found. What concerns the installation as a whole stands under the nil tenant.

mod conditions;
mod ends;
mod list;
pub mod months;
mod note;
mod people;
mod verify;

pub use ends::{Chain, Seal, chains, torn};
pub use list::{Entry, entries, platform_entries, rest};
pub use note::{changed, note, note_platform, record};
pub use people::{Attempt, in_tenants, of_person};
pub use verify::{Broken, Walk, anchor, continues, verify};
