//! Backups as this process knows them from its settings.

use std::sync::Arc;

use db::Db;
use db::backups::owner::Owner;
use jobs::backups::Backups;
use jobs::offsite::Offsite;
use jobs::storage::Storage;

use crate::config::Config;

/// What backups need, from the settings.
///
/// # Errors
/// When the folder of backups cannot be made, the bucket's address is none, or the key of the second copy cannot be read.
pub fn assemble(config: &Config, db: Db) -> anyhow::Result<Backups> {
    let settings = &config.backups;
    let offsite = config.offsite.as_ref().map(Offsite::open).transpose()?;
    Ok(Backups {
        db,
        storage: Storage::open(&settings.url)?,
        owner: settings.owner_url.clone().map(Owner::new),
        recipient: settings.recipient.clone(),
        identity: settings.identity.clone(),
        data_dir: config.data_dir.clone(),
        days: settings.days,
        programs: settings.programs.clone(),
        offsite: offsite.map(|offsite| Arc::new(offsite) as Arc<dyn jobs::backups::Offsite>),
    })
}
