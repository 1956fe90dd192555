//! Background jobs in this process: which tools and options they get from the configuration, and which folders are the
//! program's own.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use db::Db;
use db::sealing::Sealer;
use jobs::Tools;
use jobs::storage::StorageUrl;
use jobs::webhooks::Courier;
use jobs::worker::Options;

use crate::backups;
use crate::config::Config;

/// The tools of jobs: storage, mail, webhooks, backups.
///
/// # Errors
/// When a tool cannot be built from its settings.
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

/// Removes the permissions of other system users from files in the data folder and in local backups, which older versions may
/// have created with wider permissions. Runs in a thread of its own, because it visits every file.
pub fn close_folders(config: &Config) {
    let folders = own_folders(config);
    tokio::task::spawn_blocking(move || {
        for folder in folders {
            let left = jobs::private::mend(&folder);
            if let Some(example) = left.example {
                let example = example.display();
                tracing::error!(files = left.count, %example, "other system users can read these files, and the permissions cannot be changed");
            }
        }
    });
}

/// The folders whose content belongs to Stoa alone.
pub fn own_folders(config: &Config) -> Vec<PathBuf> {
    let mut folders = vec![config.data_dir.clone()];
    if let StorageUrl::Local(root) = &config.backups.url
        && !root.starts_with(&config.data_dir)
    {
        // The folder itself may be the mount of a disk that others use too.
        folders.extend(["platform", "tenants"].map(|owner| root.join(owner)));
    }
    folders
}

/// The options of this process's worker.
pub fn options(config: &Config, tools: Arc<Tools>) -> Options {
    Options::new(tools).with_places(usize::try_from(config.job_places).unwrap_or(1))
}
