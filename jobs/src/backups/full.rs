//! The whole platform: `pg_dump` of one moment in the directory format, one part a file, with the schema and the counts
//! and hashes of that very moment beside it.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use db::backups::whole::{LEFT_OUT, Moment};
use futures::StreamExt;
use tokio::fs;
use tokio_util::io::ReaderStream;

use super::manifest::Manifest;
use super::part::{self, PartWriter};
use super::programs::Programs;
use super::watched::Steps;
use super::{BackupError, Backups};
use crate::private;
use crate::storage::ObjectPath;

const PIECE: usize = 128 * 1024;

/// A folder of this machine for a while; goes with it.
pub(super) struct WorkDir(PathBuf);

impl WorkDir {
    pub(super) async fn new(backups: &Backups) -> Result<Self, BackupError> {
        let path = backups.work_dir().join(uuid::Uuid::new_v4().to_string());
        private::make_folder(&path)?;
        Ok(Self(path))
    }

    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for WorkDir {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the sweep.
        let _left = std::fs::remove_dir_all(&self.0);
    }
}

pub(super) async fn write(
    backups: &Backups,
    manifest: &mut Manifest,
    folder: &ObjectPath,
    steps: &Steps,
) -> Result<(), BackupError> {
    let programs = Programs::find(backups).await?;
    let work = WorkDir::new(backups).await?;
    let mut moment = Moment::open(backups.owner()?).await?;
    let left_out: Vec<&str> = LEFT_OUT.iter().map(|(name, _)| *name).collect();
    steps.begin("dumping the database", 0);
    programs.dump(&work.join("dump"), &moment.snapshot, &left_out).await?;
    steps.begin("counting and hashing rows", 0);
    manifest.schema = moment.schema().await?;
    manifest.counts = moment.counts().await?;
    moment.close().await?;
    let files = names(&work.join("dump")).await?;
    steps.begin("storing the dump", files.len());
    for name in files {
        let mut writer = PartWriter::new(backups, folder, &name, false)?;
        let mut pieces = ReaderStream::with_capacity(fs::File::open(work.join("dump").join(&name)).await?, PIECE);
        while let Some(piece) = pieces.next().await {
            writer.write(piece?).await?;
        }
        manifest.parts.push(writer.finish().await?);
        steps.one();
    }
    Ok(())
}

/// Writes the dump that a backup holds into `into`, looking at every byte.
pub(super) async fn unpack(
    backups: &Backups,
    manifest: &Manifest,
    folder: &ObjectPath,
    into: &Path,
) -> Result<(), BackupError> {
    private::make_folder(into)?;
    for part in &manifest.parts {
        let mut file = fs::File::from_std(private::create_new(&into.join(&part.name))?);
        let mut pieces = part::read(backups, folder, part)?;
        while let Some(piece) = pieces.next().await {
            let piece: Bytes = piece?;
            tokio::io::AsyncWriteExt::write_all(&mut file, &piece).await?;
        }
        tokio::io::AsyncWriteExt::flush(&mut file).await?;
    }
    Ok(())
}

async fn names(folder: &Path) -> Result<Vec<String>, BackupError> {
    let mut entries = fs::read_dir(folder).await?;
    let mut names = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    if !names.iter().any(|name| name == "toc.dat") {
        return Err(BackupError::Program("pg_dump wrote no data".into()));
    }
    names.sort();
    Ok(names)
}
