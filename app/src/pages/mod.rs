//! The pages, by noun: views that take ready data and are rendered at once. Handlers in `server/src/pages`
//! fetch the data; nothing here asks for any. A folder's `model.rs` has the data of its pages; a page of one short file
//! has both.

pub mod account;
pub mod audit;
pub mod backups;
pub mod dashboard;
pub mod entry;
pub mod error;
pub mod imports;
pub mod jobs;
pub mod keys;
pub mod orders;
pub mod platform;
pub mod settings;
pub mod sign_in;
pub mod styleguide;
pub mod team;
pub mod tenants;
pub mod usage;
pub mod webhooks;

#[cfg(test)]
mod tests;
