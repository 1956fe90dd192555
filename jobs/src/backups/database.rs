//! One tenant's rows: every table in one snapshot, one part each.

use bytes::Bytes;
use db::Scope;
use db::backups::Snapshot;
use futures::StreamExt;

use super::manifest::{Manifest, SavedTable};
use super::part::PartWriter;
use super::watched::Steps;
use super::{BackupError, Backups};
use crate::storage::ObjectPath;

pub(super) async fn write(
    backups: &Backups,
    scope: &Scope,
    manifest: &mut Manifest,
    folder: &ObjectPath,
    steps: &Steps,
) -> Result<(), BackupError> {
    let mut snapshot = Snapshot::open(scope).await?;
    let tables = snapshot.tables().to_vec();
    steps.begin("saving tables", tables.len());
    for table in &tables {
        let part = format!("{}.copy.zst", table.name);
        let mut writer = PartWriter::new(backups, folder, &part, true)?;
        let mut count = 0;
        let mut rows = snapshot.rows(table).await?;
        while let Some(piece) = rows.next().await {
            let piece = piece?;
            count += lines(&piece);
            writer.write(piece).await?;
        }
        drop(rows);
        manifest.parts.push(writer.finish().await?);
        let columns = table.columns.iter().map(|c| (c.name.clone(), c.kind.clone())).collect();
        manifest.tables.push(SavedTable { name: table.name.clone(), columns, part, rows: count });
        steps.one();
    }
    snapshot.close().await?;
    Ok(())
}

/// Rows in a piece of what `copy` writes: ends of lines within values are written otherwise.
pub(super) fn lines(piece: &Bytes) -> u64 {
    piece.iter().filter(|byte| **byte == b'\n').count() as u64
}
