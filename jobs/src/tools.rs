//! What the server gives to jobs beside the database, made from its configuration.

use std::path::PathBuf;

use chrono::TimeDelta;

use crate::backups::Backups;
use crate::mail::Mailer;
use crate::webhooks::Courier;

/// What jobs may use.
#[derive(Clone)]
pub struct Tools {
    /// Uploads and local backups.
    pub data_dir: PathBuf,
    /// How long the history of jobs is kept.
    pub job_history: TimeDelta,
    /// Quarters that stay in the database before they are archived; 0: all.
    pub retention_quarters: u32,
    /// How backups are made and read back.
    pub backups: Option<Backups>,
    /// Sends mail.
    pub mailer: Mailer,
    /// Sends what webhooks are told.
    pub courier: Option<Courier>,
}

impl Tools {
    /// With a month of history, mail as files, and nothing that needs an address.
    pub fn new(data_dir: PathBuf) -> Self {
        let mailer = Mailer::to_folder(&data_dir.join("mail"), "http://127.0.0.1:3000");
        Self { data_dir, job_history: TimeDelta::days(30), retention_quarters: 0, backups: None, mailer, courier: None }
    }
}
