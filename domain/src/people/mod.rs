//! Members of a tenant: what their role is and which stores they reach.

mod email_key;
mod mail_domains;
mod member_role;
mod passkey_name;
mod password;
mod role_name;
mod store_access;

pub use email_key::{domain_key, email_key};
pub use mail_domains::{has_domain, read_domains};
pub use member_role::MemberRole;
pub use passkey_name::check_passkey_name;
pub use password::{
    LONGEST as LONGEST_PASSWORD, SHORTEST as SHORTEST_PASSWORD, STRONG_ENOUGH, Strength, check_password,
};
pub use role_name::check_role_name;
pub use store_access::StoreAccess;

/// How long an invitation can be accepted.
pub const INVITATION_LASTS: chrono::TimeDelta = chrono::TimeDelta::days(7);
