//! What a backup says of itself: the manifest, with the hash of everything, packed away like the rest; and the label, a few
//! words in the open that are written last, so that what has a label is whole.

use chrono::{DateTime, Utc};
use db::backups::whole::Count;
use domain::backups::{Kind, Trigger};
use domain::ids::{BackupId, TenantId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{BackupError, Backups};
use crate::storage::{ObjectPath, Storage, StorageError};

/// The label's name.
pub(super) const LABEL: &str = "label.json";
/// The manifest's name; with `.age` behind it where it is sealed.
pub(super) const MANIFEST: &str = "manifest.json";
/// A label has a few hundred bytes.
const LABEL_LIMIT: u64 = 64 * 1024;

/// One object of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name in the backup's folder.
    pub name: String,
    /// Its bytes in the storage, and their SHA-256.
    pub bytes: u64,
    /// In hexadecimal digits.
    pub sha256: String,
    /// Its bytes packed but not sealed.
    pub packed_bytes: u64,
    /// Its bytes before packing, and their SHA-256.
    pub plain_bytes: u64,
    /// In hexadecimal digits.
    pub plain_sha256: String,
    /// Whether it is packed with zstd.
    pub zstd: bool,
    /// Whether it is sealed with age.
    pub sealed: bool,
}

/// One table of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedTable {
    /// Its name.
    pub name: String,
    /// Its columns with their types, in order.
    pub columns: Vec<(String, String)>,
    /// The part that holds its rows, as `copy` writes them.
    pub part: String,
    /// How many there are.
    pub rows: u64,
}

/// One file of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SavedFile {
    /// Below the data directory.
    pub path: String,
    /// Its bytes, and their SHA-256.
    pub bytes: u64,
    /// In hexadecimal digits.
    pub sha256: String,
}

/// All that is in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of this layout.
    pub version: u32,
    /// The backup's.
    pub id: BackupId,
    /// What it holds.
    pub kind: Kind,
    /// Of whom; the nil id for the installation.
    pub tenant: TenantId,
    /// The moment that it shows.
    pub made_at: DateTime<Utc>,
    /// The migrations that the schema had.
    pub migrations: Vec<String>,
    /// Its objects.
    pub parts: Vec<Part>,
    /// Kind `database`: the tables, those first that others need.
    #[serde(default)]
    pub tables: Vec<SavedTable>,
    /// Kind `files`: the files.
    #[serde(default)]
    pub files: Vec<SavedFile>,
    /// Kind `full`: the schema as lines.
    #[serde(default)]
    pub schema: Vec<String>,
    /// Kind `full`: rows and hashes of every table and partition.
    #[serde(default)]
    pub counts: Vec<Count>,
}

/// What may be known of a backup without opening it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Of this layout.
    pub version: u32,
    /// The backup's.
    pub id: BackupId,
    /// What it holds.
    pub kind: Kind,
    /// Of whom; the nil id for the installation.
    pub tenant: TenantId,
    /// Why it was made.
    pub trigger: Trigger,
    /// When it was begun.
    pub started_at: DateTime<Utc>,
    /// When it was written.
    pub finished_at: DateTime<Utc>,
    /// Bytes in the storage, and before packing.
    pub bytes: i64,
    /// Before packing.
    pub plain_bytes: i64,
    /// Rows, or files.
    pub rows: i64,
    /// Tables.
    pub tables: i32,
    /// For whom it is sealed.
    pub recipient: Option<String>,
    /// SHA-256 of the manifest as it lies in the storage, in hexadecimal digits.
    pub manifest_sha256: String,
    /// The manifest's own part.
    pub manifest: Part,
}

impl Label {
    /// Reads the label in `folder`, if there is a good one.
    pub(super) async fn read(storage: &Storage, folder: &ObjectPath) -> Result<Option<Self>, BackupError> {
        match storage.get_whole(&folder.child(LABEL)?, LABEL_LIMIT).await {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(StorageError::Missing(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes the label, which makes the backup whole.
    pub(super) async fn write(&self, storage: &Storage, folder: &ObjectPath) -> Result<u64, BackupError> {
        let text = serde_json::to_vec_pretty(self).map_err(|e| BackupError::Damaged(e.to_string()))?;
        Ok(storage.put_whole(&folder.child(LABEL)?, &text).await?)
    }
}

impl Manifest {
    /// Reads the manifest that `label` speaks of and sees that it is the one.
    pub(super) async fn read(backups: &Backups, folder: &ObjectPath, label: &Label) -> Result<Self, BackupError> {
        let text = super::part::read_whole(backups, folder, &label.manifest).await?;
        serde_json::from_slice(&text).map_err(|e| BackupError::Damaged(format!("{MANIFEST}: {e}")))
    }

    /// Reads the table's part.
    pub(super) fn part(&self, name: &str) -> Result<&Part, BackupError> {
        let found = self.parts.iter().find(|part| part.name == name);
        found.ok_or_else(|| BackupError::Damaged(format!("the manifest lacks {name}")))
    }
}

/// Ends a hash.
pub(super) fn ended(hash: Sha256) -> String {
    hex::encode(hash.finalize())
}
