//! Backups as this process knows them from its settings.

use std::sync::Arc;
use std::time::Duration;

use db::backups::owner::Owner;
use db::platform::Platform;
use db::{DataError, Db};
use domain::backups::{Kind, Trouble};
use jobs::backups::{Backups, Offsite};
use jobs::offsite::SecondCopy;
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
        offsite: config.offsite.clone().map(|settings| Arc::new(SecondCopy::new(settings)) as Arc<dyn Offsite>),
    })
}

const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Counts what is wrong with backups for whoever watches `/metrics`, every minute and without an end.
pub async fn watch(db: Db) {
    loop {
        if let Err(error) = count(&db).await {
            tracing::warn!(%error, "cannot look at backups");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn count(db: &Db) -> Result<(), DataError> {
    let alarms = db::backups::alarms(&Platform::command(db.clone())).await?;
    for kind in Kind::ALL {
        for (trouble, name) in TROUBLES {
            let found = alarms.iter().filter(|a| a.kind == *kind && a.trouble == trouble).count();
            let gauge = metrics::gauge!("stoa_backup_alarms", "kind" => kind.as_str(), "trouble" => name);
            gauge.set(u32::try_from(found).unwrap_or(u32::MAX));
        }
    }
    Ok(())
}

const TROUBLES: [(Trouble, &str); 7] = [
    (Trouble::NeverRan, "never-ran"),
    (Trouble::TooOld, "too-old"),
    (Trouble::LastFailed, "last-failed"),
    (Trouble::VerificationFailed, "verification-failed"),
    (Trouble::NotReadBack, "not-read-back"),
    (Trouble::Shrunk, "shrunk"),
    (Trouble::ClockWentBack, "clock-went-back"),
];
