//! One tenant's files: everything below the data directory that lies in a folder of the tenant's name, in one archive.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use domain::ids::TenantId;
use sha2::{Digest, Sha256};

use super::manifest::{Manifest, SavedFile, ended};
use super::part::PartWriter;
use super::watched::Steps;
use super::{BackupError, Backups};
use crate::storage::ObjectPath;

const PART: &str = "files.tar.zst";

pub(super) async fn write(
    backups: &Backups,
    tenant: TenantId,
    manifest: &mut Manifest,
    folder: &ObjectPath,
    steps: &Steps,
) -> Result<(), BackupError> {
    let writer = PartWriter::new(backups, folder, PART, true)?;
    let (out, root, steps) = (writer.blocking(), backups.data_dir.clone(), steps.clone());
    let archived = tokio::task::spawn_blocking(move || archive(&root, tenant, out, &steps)).await?;
    match archived {
        Ok(files) => {
            manifest.parts.push(writer.finish().await?);
            manifest.files = files;
            Ok(())
        }
        // When the storage failed, the writer knows why.
        Err(error) => match writer.finish().await {
            Err(cause) => Err(cause),
            Ok(_) => Err(error.into()),
        },
    }
}

/// The files in an archive, in its order.
pub(super) fn contents(archive: impl Read) -> io::Result<Vec<SavedFile>> {
    let mut found = Vec::new();
    let mut archive = tar::Archive::new(archive);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        let (bytes, sha256) = hashed(&mut entry, &mut io::sink())?;
        found.push(SavedFile { path, bytes, sha256 });
    }
    // To the very end, so that what reads it sees all of it.
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    Ok(found)
}

fn archive(root: &Path, tenant: TenantId, out: impl Write, steps: &Steps) -> io::Result<Vec<SavedFile>> {
    let paths = of_tenant(root, tenant)?;
    steps.begin("saving files", paths.len());
    let mut archive = tar::Builder::new(io::BufWriter::with_capacity(128 * 1024, out));
    let mut saved = Vec::with_capacity(paths.len());
    for path in paths {
        // Some go while we look: an import that is done removes its file.
        let file = match fs::File::open(root.join(&path)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let length = file.metadata()?.len();
        let mut header = tar::Header::new_gnu();
        header.set_size(length);
        header.set_mode(0o600);
        header.set_mtime(0);
        let name = path.to_string_lossy().into_owned();
        let mut reading = Reading { inner: file.take(length), bytes: 0, hash: Sha256::new() };
        archive.append_data(&mut header, &name, &mut reading)?;
        if reading.bytes != length {
            return Err(io::Error::other(format!("{name} became shorter during the backup")));
        }
        saved.push(SavedFile { path: name, bytes: length, sha256: ended(reading.hash) });
        steps.one();
    }
    archive.into_inner()?.flush()?;
    Ok(saved)
}

// Relative paths in order. What is still arriving is no file yet.
fn of_tenant(root: &Path, tenant: TenantId) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !root.exists() {
        return Ok(found);
    }
    for area in fs::read_dir(root)? {
        let area = area?;
        // A storage below the data directory holds backups, not files.
        if area.file_type()?.is_dir() && area.file_name() != "backups" && area.file_name() != "backup-work" {
            below(root, &Path::new(&area.file_name()).join(tenant.to_string()), &mut found)?;
        }
    }
    found.sort();
    Ok(found)
}

fn below(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(root.join(folder)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            below(root, &path, found)?;
        } else if kind.is_file() && path.extension().is_none_or(|ending| ending != "part") {
            found.push(path);
        }
    }
    Ok(())
}

fn hashed(from: &mut impl Read, to: &mut impl Write) -> io::Result<(u64, String)> {
    let mut reading = Reading { inner: from, bytes: 0, hash: Sha256::new() };
    io::copy(&mut reading, to)?;
    Ok((reading.bytes, ended(reading.hash)))
}

struct Reading<R> {
    inner: R,
    bytes: u64,
    hash: Sha256,
}

impl<R: Read> Read for Reading<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}
