//! `/platform` and below it: for those who run the installation. They see how it is, not what tenants keep in it.

mod home;
mod tenants;

pub use home::{Board, page as home};
pub use tenants::page as tenants;
