//! A backup as pages, the command line and retention see it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::backups::{Kind, Offsite, Progress, Status, Trigger};
use domain::ids::{BackupId, TenantId};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

use crate::error::DataError;

/// A backup.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backup {
    /// Its id.
    pub id: BackupId,
    /// Of whom; the nil id for the installation.
    pub tenant: TenantId,
    /// The tenant's name in addresses; none for the installation, or when the tenant is gone.
    pub tenant_slug: Option<String>,
    /// What it holds.
    pub kind: Kind,
    /// What became of it.
    pub status: Status,
    /// Why it was made.
    pub trigger: Trigger,
    /// Who asked for it.
    pub actor: String,
    /// When it was begun.
    pub started_at: DateTime<Utc>,
    /// When it was written, or failed.
    pub finished_at: Option<DateTime<Utc>>,
    /// Bytes in the storage.
    pub bytes: i64,
    /// Bytes before packing.
    pub plain_bytes: i64,
    /// Bytes before packing of the one before it of its kind that is kept.
    pub bytes_before: Option<i64>,
    /// Rows, or files.
    pub rows: i64,
    /// Tables.
    pub tables: i32,
    /// Where in the storage.
    pub location: String,
    /// SHA-256 of its manifest.
    pub manifest_sha256: Option<Vec<u8>>,
    /// The public key it is sealed with.
    pub recipient: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// When it was last read back and found equal.
    pub verified_at: Option<DateTime<Utc>>,
    /// How long that took, in milliseconds.
    pub verify_ms: Option<i64>,
    /// What went wrong when it was last read back.
    pub verify_error: Option<String>,
    /// How far it is, while it runs.
    pub progress: Progress,
    /// The copy elsewhere.
    pub offsite: Offsite,
    /// When that copy was made or failed.
    pub offsite_at: Option<DateTime<Utc>>,
    /// Why that copy failed.
    pub offsite_error: Option<String>,
    /// When retention may take it.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What proves that a backup is good: the first thing its row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It was read back so long ago, and so many rows (or files) were equal.
    ReadBack {
        /// How long ago.
        ago: TimeDelta,
        /// Rows or files compared.
        rows: i64,
    },
    /// It is being written.
    Running,
    /// It waits to be read back.
    Waiting,
    /// It cannot be relied upon.
    Bad,
}

impl Backup {
    /// What proves it at `now`.
    pub fn proof(&self, now: DateTime<Utc>) -> Proof {
        match (self.status, self.verified_at) {
            (Status::Verified, Some(at)) => Proof::ReadBack { ago: now - at, rows: self.rows },
            (Status::Running, _) => Proof::Running,
            (Status::Stored | Status::Verified, _) => Proof::Waiting,
            (Status::Failed | Status::Pruned, _) => Proof::Bad,
        }
    }

    /// How long it took to make.
    pub fn duration(&self) -> Option<TimeDelta> {
        self.finished_at.map(|finished| finished - self.started_at)
    }
}

/// The columns of [`Row`], of `backups b` and `tenants t`.
pub(super) const COLUMNS: &str = "b.tenant_id, t.slug as tenant_slug, b.id, b.kind, b.status, b.trigger, b.actor, \
    b.started_at, b.finished_at, b.bytes, b.plain_bytes, b.row_count, b.table_count, b.location, b.manifest_sha256, \
    b.recipient, b.error, b.verified_at, b.verify_ms, b.verify_error, b.progress, b.offsite_status, b.offsite_at, \
    b.offsite_error, b.expires_at, \
    (select p.plain_bytes from backups p where p.tenant_id = b.tenant_id and p.kind = b.kind \
       and p.started_at < b.started_at and p.status in ('stored', 'verified') order by p.started_at desc limit 1) as bytes_before";

/// What [`COLUMNS`] come from.
pub(super) const TABLES: &str = "backups b left join tenants t on t.id = b.tenant_id";

#[derive(FromQueryResult)]
pub(super) struct Row {
    tenant_id: uuid::Uuid,
    tenant_slug: Option<String>,
    id: uuid::Uuid,
    kind: String,
    status: String,
    trigger: String,
    actor: String,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    bytes: i64,
    plain_bytes: i64,
    row_count: i64,
    table_count: i32,
    location: String,
    manifest_sha256: Option<Vec<u8>>,
    recipient: Option<String>,
    error: Option<String>,
    verified_at: Option<DateTime<Utc>>,
    verify_ms: Option<i64>,
    verify_error: Option<String>,
    progress: serde_json::Value,
    offsite_status: String,
    offsite_at: Option<DateTime<Utc>>,
    offsite_error: Option<String>,
    expires_at: Option<DateTime<Utc>>,
    bytes_before: Option<i64>,
}

impl TryFrom<Row> for Backup {
    type Error = DataError;
    fn try_from(row: Row) -> Result<Self, DataError> {
        Ok(Self {
            id: row.id.into(),
            tenant: row.tenant_id.into(),
            tenant_slug: row.tenant_slug,
            kind: word(&row.kind)?,
            status: word(&row.status)?,
            trigger: word(&row.trigger)?,
            actor: row.actor,
            started_at: row.started_at,
            finished_at: row.finished_at,
            bytes: row.bytes,
            plain_bytes: row.plain_bytes,
            bytes_before: row.bytes_before,
            rows: row.row_count,
            tables: row.table_count,
            location: row.location,
            manifest_sha256: row.manifest_sha256,
            recipient: row.recipient,
            error: row.error,
            verified_at: row.verified_at,
            verify_ms: row.verify_ms,
            verify_error: row.verify_error,
            progress: serde_json::from_value(row.progress).unwrap_or_default(),
            offsite: word(&row.offsite_status)?,
            offsite_at: row.offsite_at,
            offsite_error: row.offsite_error,
            expires_at: row.expires_at,
        })
    }
}

/// Reads a stored word.
pub(super) fn word<T: std::str::FromStr<Err = domain::backups::UnknownWord>>(text: &str) -> Result<T, DataError> {
    text.parse().map_err(|e: domain::backups::UnknownWord| DataError::Corrupt(e.to_string()))
}
