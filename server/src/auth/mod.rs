//! Who is asking, and what they may do. Handlers take one of these extractors and name the permission they
//! need; without that there is no way to data.

pub mod begin;
mod code;
mod confirm_email;
pub mod device;
mod forgot;
mod impersonation;
mod invitation;
pub mod key;
pub mod keys;
pub mod member;
pub mod needs;
pub mod next;
pub mod passkeys;
pub mod platform_admin;
pub mod proof;
pub mod record;
pub mod refusal_log;
pub mod routes;
mod sign_in;
mod sign_in_page;
pub mod sign_in_throttle;
mod sign_out;
pub mod signed_in;
pub mod sso;
pub mod visitors;

pub use key::KeyAccess;
pub use member::Member;
pub use needs::Needs;
pub use platform_admin::PlatformAdmin;
pub use signed_in::SignedIn;
