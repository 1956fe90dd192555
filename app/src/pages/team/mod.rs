//! Who works for a tenant: members, invitations, roles.

mod confirm;
mod index;
mod invite;
mod member;
mod model;
mod role;
mod words;

pub use confirm::page as confirm;
pub use index::page as index;
pub use member::page as member;
pub use model::{Confirm, Invited, MemberPage, PlaceForm, RolePage, TeamIndex};
pub use role::page as role;
