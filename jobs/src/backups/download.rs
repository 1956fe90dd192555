//! A tenant's own copy: the backup as one archive, opened where it is sealed (the tenant has no key), packed as it lies.

use bytes::Bytes;
use db::Scope;
use db::backups::Place;
use domain::ids::BackupId;
use futures::stream::{self, BoxStream, StreamExt};

use super::manifest::Part;
use super::{BackupError, Backups, part, verify};
use crate::storage::ObjectPath;

const BLOCK: usize = 512;

/// The backup as a tar archive: its length in bytes, and its pieces. The manifest comes first and names the hash of
/// everything that follows.
///
/// # Errors
/// [`db::DataError::NotFound`] when the tenant has no such backup, or when it is not kept or cannot be opened.
pub async fn download(
    backups: &Backups,
    scope: &Scope,
    id: BackupId,
) -> Result<(u64, BoxStream<'static, Result<Bytes, BackupError>>), BackupError> {
    let row = db::backups::show(&Place::Tenant(scope.clone()), id).await?;
    if !row.status.is_kept() {
        return Err(db::DataError::NotFound("backup").into());
    }
    let (folder, manifest) = verify::open(backups, &row).await?;
    let text = Bytes::from(serde_json::to_vec_pretty(&manifest).map_err(|e| BackupError::Damaged(e.to_string()))?);
    let length = padded(text.len() as u64) + manifest.parts.iter().map(|p| padded(p.packed_bytes)).sum::<u64>();
    let first = [header("manifest.json", text.len() as u64)?, text.clone(), padding(text.len() as u64)];
    let backups = backups.clone();
    let parts = stream::iter(manifest.parts).flat_map(move |part| entry(&backups, &folder, part));
    let end = Bytes::from_static(&[0; 2 * BLOCK]);
    let whole = stream::iter(first).map(Ok).chain(parts).chain(stream::iter([Ok(end)]));
    Ok((length + 2 * BLOCK as u64, whole.boxed()))
}

fn entry(backups: &Backups, folder: &ObjectPath, part: Part) -> BoxStream<'static, Result<Bytes, BackupError>> {
    let pieces = match (header(&part.name, part.packed_bytes), part::read_packed(backups, folder, &part)) {
        (Ok(header), Ok(pieces)) => stream::iter([Ok(header)]).chain(pieces),
        (Err(error), _) | (_, Err(error)) => return stream::iter([Err(error)]).boxed(),
    };
    pieces.chain(stream::iter([Ok(padding(part.packed_bytes))])).boxed()
}

fn header(name: &str, bytes: u64) -> Result<Bytes, BackupError> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name).map_err(|e| BackupError::Damaged(e.to_string()))?;
    header.set_size(bytes);
    header.set_mode(0o600);
    header.set_mtime(0);
    header.set_cksum();
    Ok(Bytes::copy_from_slice(header.as_bytes()))
}

// With its header, and filled up to whole blocks.
const fn padded(bytes: u64) -> u64 {
    BLOCK as u64 + bytes.next_multiple_of(BLOCK as u64)
}

fn padding(bytes: u64) -> Bytes {
    let left = (bytes.next_multiple_of(BLOCK as u64) - bytes) as usize;
    Bytes::from_static(&[0; BLOCK]).slice(..left)
}
