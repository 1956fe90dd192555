//! One file of an archive: the rows of one tenant and table, written, read back, and compared with the database.

use std::io::Write;

use bytes::Bytes;
use db::Scope;
use db::partitions::content::{Place, Reader};
use db::partitions::{ArchiveRow, Table};
use futures::StreamExt;
use futures::stream::{BoxStream, Fuse};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::error::ArchiveError;
use super::manifest::{File, Manifest, folder};
use crate::storage::{Storage, StorageError, Upload};

/// zstd's own default.
const LEVEL: i32 = 3;

/// Rows and the hash of their lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Content {
    pub rows: i64,
    pub sha256: String,
}

/// Writes the rows of the tenant of `scope`; none when there are none.
pub(super) async fn write(
    storage: &Storage,
    row: &ArchiveRow,
    manifest: &Manifest,
    (scope, table, place): (Scope, Table, Place),
    stop: &CancellationToken,
) -> Result<Option<File>, ArchiveError> {
    let tenant = scope.tenant();
    let mut reader = Reader::new(scope, table, row.quarter, place, manifest.columns(table));
    let mut lines = reader.next().await?;
    if lines.is_empty() {
        return Ok(None);
    }
    let name = format!("{table}-{tenant}.jsonl.zst");
    let mut file = Writing::begin(storage.put(&folder(row)?.child(name.clone())?))?;
    while !lines.is_empty() {
        if stop.is_cancelled() {
            return Err(ArchiveError::Stopped);
        }
        file.lines(&lines).await?;
        lines = reader.next().await?;
    }
    let (rows, bytes, sha256, content_sha256) = file.finish().await?;
    Ok(Some(File { table: table.to_string(), tenant, name, rows, bytes, sha256, content_sha256 }))
}

/// What the database has for the tenant of `scope`.
pub(super) async fn in_database(
    manifest: &Manifest,
    (scope, table, place): (Scope, Table, Place),
) -> Result<Content, ArchiveError> {
    let mut reader = Reader::new(scope, table, manifest.quarter, place, manifest.columns(table));
    let (mut rows, mut hash) = (0_i64, Sha256::new());
    loop {
        let lines = reader.next().await?;
        if lines.is_empty() {
            return Ok(Content { rows, sha256: hex::encode(hash.finalize()) });
        }
        for line in lines {
            rows += 1;
            hash.update(line.as_bytes());
            hash.update(b"\n");
        }
    }
}

/// Reads `file` back: fails when it is not what the manifest says.
pub(super) async fn check(storage: &Storage, row: &ArchiveRow, file: &File) -> Result<(), ArchiveError> {
    let mut unpacked = Unpacked::open(storage, row, file).await?;
    while !unpacked.next().await?.is_empty() {}
    unpacked.verify()
}

/// A file that is being read back, line by line.
pub(super) struct Unpacked<'a> {
    stream: Fuse<BoxStream<'static, Result<Bytes, StorageError>>>,
    decoder: zstd::stream::write::Decoder<'static, Vec<u8>>,
    file: &'a File,
    stored: Sha256,
    content: Sha256,
    rows: i64,
}

impl<'a> Unpacked<'a> {
    /// Begins to read.
    pub async fn open(storage: &Storage, row: &ArchiveRow, file: &'a File) -> Result<Self, ArchiveError> {
        let stream = storage.get(&folder(row)?.child(file.name.clone())?).await?.fuse();
        let decoder = zstd::stream::write::Decoder::new(Vec::new()).map_err(|error| damaged(file, error))?;
        Ok(Self { stream, decoder, file, stored: Sha256::new(), content: Sha256::new(), rows: 0 })
    }

    /// The next lines; none at the end.
    pub async fn next(&mut self) -> Result<Vec<String>, ArchiveError> {
        while let Some(piece) = self.stream.next().await {
            let piece = piece?;
            self.stored.update(&piece);
            self.decoder.write_all(&piece).map_err(|error| damaged(self.file, error))?;
            let lines = self.whole_lines()?;
            if !lines.is_empty() {
                return Ok(lines);
            }
        }
        self.decoder.flush().map_err(|error| damaged(self.file, error))?;
        self.whole_lines()
    }

    /// Whether all that was read is what the manifest says; to be asked at the end.
    pub fn verify(self) -> Result<(), ArchiveError> {
        let rest = self.decoder.get_ref().len();
        let found = (self.rows, hex::encode(self.stored.finalize()), hex::encode(self.content.finalize()));
        if rest > 0 || found != (self.file.rows, self.file.sha256.clone(), self.file.content_sha256.clone()) {
            return Err(ArchiveError::Damaged(format!("{} differs from what was written", self.file.name)));
        }
        Ok(())
    }

    fn whole_lines(&mut self) -> Result<Vec<String>, ArchiveError> {
        let buffer = self.decoder.get_mut();
        let Some(end) = buffer.iter().rposition(|b| *b == b'\n') else { return Ok(Vec::new()) };
        let rest = buffer.split_off(end + 1);
        let whole = std::mem::replace(buffer, rest);
        self.content.update(&whole);
        let text = String::from_utf8(whole).map_err(|error| damaged(self.file, error))?;
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        self.rows += i64::try_from(lines.len()).unwrap_or(i64::MAX);
        Ok(lines)
    }
}

/// A file that is being written.
struct Writing {
    upload: Upload,
    encoder: zstd::stream::write::Encoder<'static, Vec<u8>>,
    stored: Sha256,
    content: Sha256,
    rows: i64,
}

impl Writing {
    fn begin(upload: Upload) -> Result<Self, ArchiveError> {
        let encoder = zstd::stream::write::Encoder::new(Vec::new(), LEVEL).map_err(failed)?;
        Ok(Self { upload, encoder, stored: Sha256::new(), content: Sha256::new(), rows: 0 })
    }

    async fn lines(&mut self, lines: &[String]) -> Result<(), ArchiveError> {
        for line in lines {
            for bytes in [line.as_bytes(), b"\n"] {
                self.content.update(bytes);
                self.encoder.write_all(bytes).map_err(failed)?;
            }
        }
        self.rows += i64::try_from(lines.len()).unwrap_or(i64::MAX);
        let packed = std::mem::take(self.encoder.get_mut());
        self.stored.update(&packed);
        Ok(self.upload.write(&packed).await?)
    }

    async fn finish(mut self) -> Result<(i64, u64, String, String), ArchiveError> {
        let packed = self.encoder.finish().map_err(failed)?;
        self.stored.update(&packed);
        self.upload.write(&packed).await?;
        let bytes = self.upload.finish().await?;
        Ok((self.rows, bytes, hex::encode(self.stored.finalize()), hex::encode(self.content.finalize())))
    }
}

fn damaged(file: &File, error: impl std::fmt::Display) -> ArchiveError {
    ArchiveError::Damaged(format!("{}: {error}", file.name))
}

fn failed(error: std::io::Error) -> ArchiveError {
    ArchiveError::Damaged(format!("cannot compress: {error}"))
}
