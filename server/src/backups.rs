//! Backups as this process knows them from its settings.

use db::Db;
use db::backups::owner::Owner;
use jobs::backups::Backups;
use jobs::storage::{Storage, StorageError};

use crate::config::Config;

/// What backups need, from the settings.
///
/// # Errors
/// When the folder of backups cannot be made, or the bucket's address is none.
pub fn assemble(config: &Config, db: Db) -> Result<Backups, StorageError> {
    let settings = &config.backups;
    Ok(Backups {
        db,
        storage: Storage::open(&settings.url)?,
        owner: settings.owner_url.clone().map(Owner::new),
        recipient: settings.recipient.clone(),
        identity: settings.identity.clone(),
        data_dir: config.data_dir.clone(),
        days: settings.days,
        programs: settings.programs.clone(),
        offsite: None,
    })
}
