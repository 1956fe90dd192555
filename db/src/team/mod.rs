//! Who works for a tenant: members, their roles and stores, invitations, and the tenant's own roles.

mod accept;
mod invitations;
mod invited;
mod members;
mod owner;
mod place;
mod roles;

pub use accept::{accept, accept_by_address, is_invited};
pub use invitations::{Invitation, invitations, invite, resend, withdraw};
pub use invited::{Invited, LinkDelivery, find};
pub use members::{Member, change, member, members, remove, set_needs_second_factor};
pub(crate) use owner::keep_an_owner;
pub use owner::{transfer, vouch};
pub use place::NewPlace;
pub use roles::{OwnRole, create_role, delete_role, roles, update_role};
