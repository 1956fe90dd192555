//! Backups as people see them: each row leads with its proof. A tenant sees its own, the platform everybody's.

mod model;
mod summary;
mod table;
mod tenant;

pub use model::TenantBackups;
pub use summary::{alarms, figures};
pub use table::{kind, table};
pub use tenant::{ask, page};
