//! What the server gives to jobs beside the database, made from its configuration.

use std::path::PathBuf;

use chrono::TimeDelta;

/// What jobs may use.
#[derive(Clone, Debug)]
pub struct Tools {
    /// Uploads and local backups.
    pub data_dir: PathBuf,
    /// How long the history of jobs is kept.
    pub job_history: TimeDelta,
}

impl Tools {
    /// With a month of history.
    pub const fn new(data_dir: PathBuf) -> Self {
        Self { data_dir, job_history: TimeDelta::days(30) }
    }
}
