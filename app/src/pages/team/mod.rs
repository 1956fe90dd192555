//! Who works for a tenant: members, invitations, roles.

mod confirm;
mod index;
mod invite;
mod member;
mod role;
mod words;

pub use confirm::{Confirm, page as confirm};
pub use index::{TeamIndex, page as index};
pub use invite::{Invited, PlaceForm};
pub use member::{MemberPage, page as member};
pub use role::{RolePage, page as role};
