//! What the server gives to jobs beside the database, made from its configuration.

use std::path::PathBuf;

use chrono::TimeDelta;

use crate::backups::Backups;

/// What jobs may use.
#[derive(Clone)]
pub struct Tools {
    /// Uploads and local backups.
    pub data_dir: PathBuf,
    /// How long the history of jobs is kept.
    pub job_history: TimeDelta,
    /// How backups are made and read back.
    pub backups: Option<Backups>,
}

impl Tools {
    /// With a month of history, and nothing that needs an address.
    pub const fn new(data_dir: PathBuf) -> Self {
        Self { data_dir, job_history: TimeDelta::days(30), backups: None }
    }
}
