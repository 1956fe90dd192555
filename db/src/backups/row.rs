//! A backup as pages, the command line and retention see it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::backups::{Kind, Offsite, Progress, Status, Trigger};
use domain::ids::{BackupId, TenantId};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, FromQueryResult, QuerySelect, Select};
use serde::{Deserialize, Serialize};

use crate::entities::{backup, tenant};

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

/// A row with what pages say beside it.
#[derive(FromQueryResult)]
pub(super) struct Row {
    #[sea_orm(nested)]
    backup: backup::Model,
    tenant_slug: Option<String>,
    bytes_before: Option<i64>,
}

/// The backups of `select` with the name of their tenant and the size of the one before each. Index: `backups_kind`.
pub(super) fn with_neighbours(select: Select<backup::Entity>) -> Select<backup::Entity> {
    let before = SimpleExpr::from(before());
    select.left_join(tenant::Entity).column_as(tenant::Column::Slug, "tenant_slug").expr_as(before, "bytes_before")
}

// The bytes of the kept one before a backup, of its kind.
fn before() -> SelectStatement {
    let (row, earlier) = (|c: backup::Column| c.into_expr(), |c: backup::Column| Expr::col(("p", c)));
    let kept = [Status::Stored, Status::Verified].map(|status| SimpleExpr::Constant(status.as_str().into()));
    Query::select()
        .column(("p", backup::Column::PlainBytes))
        .from_as(backup::Entity, "p")
        .and_where(earlier(backup::Column::TenantId).eq(row(backup::Column::TenantId)))
        .and_where(earlier(backup::Column::Kind).eq(row(backup::Column::Kind)))
        .and_where(earlier(backup::Column::StartedAt).lt(row(backup::Column::StartedAt)))
        .and_where(earlier(backup::Column::Status).is_in(kept))
        .order_by(("p", backup::Column::StartedAt), Order::Desc)
        .limit(1)
        .take()
}

impl From<Row> for Backup {
    fn from(Row { backup: row, tenant_slug, bytes_before }: Row) -> Self {
        Self {
            id: row.id.into(),
            tenant: row.tenant_id.into(),
            tenant_slug,
            kind: *row.kind,
            status: *row.status,
            trigger: *row.trigger,
            actor: row.actor,
            started_at: row.started_at,
            finished_at: row.finished_at,
            bytes: row.bytes,
            plain_bytes: row.plain_bytes,
            bytes_before,
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
            offsite: *row.offsite_status,
            offsite_at: row.offsite_at,
            offsite_error: row.offsite_error,
            expires_at: row.expires_at,
        }
    }
}
