//! Backups as this process knows them from its settings.

use std::sync::Arc;
use std::time::Duration;

use db::backups::owner::Owner;
use db::platform::Platform;
use db::{DataError, Db};
use domain::backups::{Kind, Trouble};
use jobs::backups::{Backups, BadKey, Identity, Offsite};
use jobs::offsite::SecondCopy;
use jobs::storage::{Storage, StorageError};

use crate::config::{Config, Sealing};

// Where backups are sealed for a key of their own and there is no secret to derive it from.
const KEY_FILE: &str = "backup-key.txt";

/// What backups need, from the settings.
///
/// # Errors
/// When the folder of backups or their key cannot be made, or the bucket's address is none.
pub fn assemble(config: &Config, db: Db) -> Result<Backups, StorageError> {
    let settings = &config.backups;
    let own = own_key(config)?;
    let recipient = match (&settings.sealing, &own) {
        (Sealing::Recipient(recipient), _) => Some(recipient.clone()),
        (Sealing::OwnKey, Some(own)) => Some(own.recipient().map_err(bad_key)?),
        (Sealing::OwnKey, None) | (Sealing::Open, _) => None,
    };
    // What was sealed before the settings changed opens all the same.
    let identity = match (&settings.identity, own) {
        (Some(given), Some(own)) => Some(given.and(&own)),
        (given, own) => given.clone().or(own),
    };
    Ok(Backups {
        db,
        storage: Storage::open(&settings.url)?,
        owner: settings.owner_url.clone().map(Owner::new),
        recipient,
        identity,
        data_dir: config.data_dir.clone(),
        days: settings.days,
        programs: settings.programs.clone(),
        offsite: config.offsite.clone().map(|settings| Arc::new(SecondCopy::new(settings)) as Arc<dyn Offsite>),
    })
}

/// Makes the key for whom backups are sealed, where there is none yet. To be called before backups are made.
///
/// # Errors
/// When its file cannot be read or made.
pub fn ensure_key(config: &Config) -> Result<(), StorageError> {
    if config.secret.as_bytes().is_empty() && matches!(config.backups.sealing, Sealing::OwnKey) {
        Identity::kept(&config.data_dir.join(KEY_FILE))?;
    }
    Ok(())
}

/// The key that opens what this installation sealed for itself: of its secret, else of the file in its data folder.
///
/// # Errors
/// When that file cannot be read.
pub fn own_key(config: &Config) -> Result<Option<Identity>, StorageError> {
    let path = config.data_dir.join(KEY_FILE);
    if !config.secret.as_bytes().is_empty() {
        return Identity::derived(config.secret.as_bytes()).map(Some).map_err(bad_key);
    }
    if path.exists() { Ok(Some(Identity::kept(&path)?)) } else { Ok(None) }
}

fn bad_key(error: BadKey) -> StorageError {
    StorageError::Failed(error.to_string())
}

const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Counts what is wrong with backups for whoever watches `/metrics`, every minute and without an end.
pub async fn watch(db: Db) {
    loop {
        if let Err(error) = count(&db).await {
            tracing::warn!(%error, "cannot check backups");
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
