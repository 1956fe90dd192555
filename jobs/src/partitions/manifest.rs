//! What an archive says about itself: which files, how many rows, their hashes, and the columns that they have.

use chrono::{DateTime, Utc};
use db::Db;
use db::partitions::content::{self, Column};
use db::partitions::{ArchiveRow, Table};
use domain::ids::TenantId;
use domain::quarter::Quarter;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::ArchiveError;
use crate::storage::{ObjectPath, Storage};

const VERSION: u32 = 1;
const NAME: &str = "manifest.json";
/// Most bytes of a manifest: some 300 a file, so room for 100,000 tenants.
const LIMIT: u64 = 64 * 1024 * 1024;

/// The manifest of one part of an archived quarter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Of this format.
    pub version: u32,
    /// The quarter.
    pub quarter: Quarter,
    /// From 1.
    pub part: i16,
    /// The first instant in it.
    pub since: DateTime<Utc>,
    /// The first instant after it.
    pub until: DateTime<Utc>,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// SHA-256 over the names and types of all columns.
    pub schema: String,
    /// Columns of orders, in order.
    pub orders: Vec<Column>,
    /// Columns of their lines, in order.
    pub order_items: Vec<Column>,
    /// One a tenant and table that has rows.
    pub files: Vec<File>,
}

/// One file: JSON lines, compressed by zstd.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct File {
    /// `orders` or `order_items`.
    pub table: String,
    /// Whose rows.
    pub tenant: TenantId,
    /// Its name in the archive's folder.
    pub name: String,
    /// Rows in it.
    pub rows: i64,
    /// Its bytes.
    pub bytes: u64,
    /// SHA-256 of it as it is stored.
    pub sha256: String,
    /// SHA-256 of its lines.
    pub content_sha256: String,
}

impl Manifest {
    /// Of an archive that has no files yet.
    pub(super) async fn begin(db: &Db, row: &ArchiveRow) -> Result<Self, ArchiveError> {
        let orders = content::columns(db, Table::Orders).await?;
        let order_items = content::columns(db, Table::OrderItems).await?;
        let text = serde_json::to_vec(&(&orders, &order_items)).unwrap_or_default();
        Ok(Self {
            version: VERSION,
            quarter: row.quarter,
            part: row.part,
            since: row.quarter.begins(),
            until: row.quarter.ends(),
            written_at: db.clock().now(),
            schema: hex::encode(Sha256::digest(text)),
            orders,
            order_items,
            files: Vec::new(),
        })
    }

    /// The columns of `table`.
    pub fn columns(&self, table: Table) -> &[Column] {
        match table {
            Table::Orders => &self.orders,
            Table::OrderItems => &self.order_items,
        }
    }

    /// Files of `table`.
    pub fn files(&self, table: Table) -> impl Iterator<Item = &File> {
        self.files.iter().filter(move |f| f.table == table.as_str())
    }

    /// Orders, lines and bytes.
    pub fn totals(&self) -> [i64; 3] {
        let rows = |table| self.files(table).map(|f| f.rows).sum();
        let bytes = self.files.iter().map(|f| i64::try_from(f.bytes).unwrap_or(i64::MAX)).sum();
        [rows(Table::Orders), rows(Table::OrderItems), bytes]
    }

    /// Stores it; its SHA-256.
    pub(super) async fn put(&self, storage: &Storage, row: &ArchiveRow) -> Result<Vec<u8>, ArchiveError> {
        let text = serde_json::to_vec_pretty(self).map_err(|error| ArchiveError::Damaged(error.to_string()))?;
        storage.put_whole(&folder(row)?.child(NAME)?, &text).await?;
        Ok(Sha256::digest(&text).to_vec())
    }

    /// Reads it back, if it is the one that the database knows.
    ///
    /// # Errors
    /// When it is missing or another one, or the storage fails.
    pub async fn get(storage: &Storage, row: &ArchiveRow) -> Result<Self, ArchiveError> {
        let text = storage.get_whole(&folder(row)?.child(NAME)?, LIMIT).await?;
        if Some(hex::encode(Sha256::digest(&text))) != row.manifest {
            return Err(ArchiveError::Damaged(format!("{}/{NAME} differs from what was written", row.location)));
        }
        let manifest: Self = serde_json::from_slice(&text)
            .map_err(|error| ArchiveError::Damaged(format!("{}/{NAME}: {error}", row.location)))?;
        if (manifest.version, manifest.quarter, manifest.part) != (VERSION, row.quarter, row.part) {
            return Err(ArchiveError::Damaged(format!("{}/{NAME} belongs to another archive", row.location)));
        }
        Ok(manifest)
    }
}

/// Where the files of an archive are.
pub(super) fn folder(row: &ArchiveRow) -> Result<ObjectPath, ArchiveError> {
    ObjectPath::parse(&row.location)
        .ok_or_else(|| ArchiveError::Damaged(format!("'{}' is not a folder in the storage", row.location)))
}
