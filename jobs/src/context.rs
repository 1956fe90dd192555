//! What a job gets to work with.

use std::sync::Arc;

use db::platform::Platform;
use db::queue::Lease;
use db::{Access, DataError, Db, Scope};
use domain::ids::TenantId;
use domain::permission::Permission;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::log::JobLog;
use crate::outcome::JobError;
use crate::tools::Tools;

/// A job at work.
pub struct Running {
    /// Data.
    pub db: Db,
    /// What the server gives to jobs.
    pub tools: Arc<Tools>,
    /// Whose job it is; nil for the installation's own.
    pub tenant: TenantId,
    /// What it is about.
    pub payload: Value,
    /// The hold on the job, for `db::queue::finish`.
    pub lease: Lease,
    /// Which try, from 1.
    pub attempt: i16,
    /// How often its process died before.
    pub crashes: i16,
    /// What it says is kept with the attempt.
    pub log: JobLog,
    /// Cancelled when the worker is about to stop: then end at the next good place, with `Outcome::Snooze`.
    pub stop: CancellationToken,
}

impl Running {
    /// The tenant's data, for something that needs `permission`.
    ///
    /// # Errors
    /// Never in practice: background work has every permission.
    pub fn scope(&self, permission: Permission) -> Result<Scope, DataError> {
        Access::job(self.db.clone(), self.tenant).scope(permission)
    }

    /// The installation's own data.
    pub fn platform(&self) -> Platform {
        Platform::command(self.db.clone())
    }

    /// The payload as what it is.
    ///
    /// # Errors
    /// When it is something else.
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T, JobError> {
        serde_json::from_value(self.payload.clone())
            .map_err(|error| JobError::new(format!("the payload is invalid: {error}")))
    }
}
