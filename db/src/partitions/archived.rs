//! Quarters that left the database: which, how far, and since when.

use chrono::{DateTime, Utc};
use domain::quarter::Quarter;
use sea_orm::QueryOrder;
use strum::{Display, EnumString, IntoStaticStr};

use crate::connect::Db;
use crate::entities::{SharedQueries, partition_archive};
use crate::error::DataError;
use crate::scope::Tx;

/// How far an archive is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[derive(Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ArchiveState {
    /// Files are being written.
    Planned,
    /// All files and the manifest are in the object store.
    Written,
    /// They were read back and are equal to the rows.
    Verified,
    /// The quarter is out of sight; its rows are still in the database, frozen.
    Detached,
    /// The files alone hold the rows.
    Dropped,
    /// The rows are being brought back.
    Restoring,
    /// They are back.
    Restored,
}

impl ArchiveState {
    /// Whether orders of the quarter are out of sight.
    pub const fn is_away(self) -> bool {
        matches!(self, Self::Detached | Self::Dropped | Self::Restoring)
    }
}

/// One part of an archived quarter. A quarter has a second part when orders of it came after the first.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct ArchiveRow {
    /// The quarter.
    pub quarter: Quarter,
    /// From 1.
    pub part: i16,
    /// How far it is.
    pub state: ArchiveState,
    /// Folder in the object store.
    pub location: String,
    /// SHA-256 of the manifest, in hexadecimal, once written.
    pub manifest: Option<String>,
    /// Orders in its files.
    pub orders: i64,
    /// Lines of orders in its files.
    pub items: i64,
    /// Bytes of its files, compressed.
    pub bytes: i64,
    /// When it was begun.
    pub planned_at: DateTime<Utc>,
    /// When its files were read back and found equal to the rows.
    pub verified_at: Option<DateTime<Utc>>,
    /// Since when its orders are out of sight.
    pub detached_at: Option<DateTime<Utc>>,
    /// When the frozen rows were found equal to the files.
    pub compared_at: Option<DateTime<Utc>>,
    /// When its rows were removed.
    pub dropped_at: Option<DateTime<Utc>>,
    /// When its rows came back.
    pub restored_at: Option<DateTime<Utc>>,
    /// Why the last attempt stopped, if it did.
    pub error: Option<String>,
}

/// All archives, newest quarter first.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn all(db: &Db) -> Result<Vec<ArchiveRow>, DataError> {
    let rows = db
        .find_shared::<partition_archive::Entity>()
        .order_by_desc(partition_archive::Column::Quarter)
        .order_by_asc(partition_archive::Column::Part);
    Ok(rows.all(&db.conn).await?.into_iter().map(ArchiveRow::from).collect())
}

/// Since when orders placed at `at` are archived, if they are.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn archived_since(tx: &Tx, at: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, DataError> {
    // `$1` is the tenant, as everywhere; which quarters are archived is the same for all.
    // SQL: a view, which has no entity.
    let sql = "select since from archived_quarters where $1::uuid is not null and quarter = $2";
    tx.scalar(sql, [Quarter::of(at.date_naive()).first_day().into()]).await
}

impl From<partition_archive::Model> for ArchiveRow {
    fn from(row: partition_archive::Model) -> Self {
        Self {
            quarter: Quarter::of(row.quarter),
            part: row.part,
            state: *row.state,
            location: row.location,
            manifest: row.manifest.map(hex::encode),
            orders: row.orders,
            items: row.items,
            bytes: row.bytes,
            planned_at: row.planned_at,
            verified_at: row.verified_at,
            detached_at: row.detached_at,
            compared_at: row.compared_at,
            dropped_at: row.dropped_at,
            restored_at: row.restored_at,
            error: row.error,
        }
    }
}
