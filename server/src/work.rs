//! Background work as this process does it, from its settings.

use std::sync::Arc;

use chrono::TimeDelta;
use db::Db;
use db::sealing::Sealer;
use jobs::Tools;
use jobs::webhooks::Courier;
use jobs::worker::Options;

use crate::backups;
use crate::config::Config;

/// What jobs may use.
///
/// # Errors
/// When something that a setting names cannot be opened.
pub fn tools(config: &Config, db: &Db) -> anyhow::Result<Arc<Tools>> {
    Ok(Arc::new(Tools {
        data_dir: config.data_dir.clone(),
        job_history: TimeDelta::days(config.job_history_days.into()),
        retention_quarters: config.retention_quarters,
        mailer: config.mailer.clone(),
        courier: Some(Courier::new(config.webhooks, Sealer::new(config.secret.as_bytes())?)?),
        backups: Some(backups::assemble(config, db.clone())?),
    }))
}

/// How this process does background work.
pub fn options(config: &Config, tools: Arc<Tools>) -> Options {
    Options::new(tools).with_places(usize::try_from(config.job_places).unwrap_or(1))
}
