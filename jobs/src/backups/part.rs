//! One object of a backup on its way in or out, in constant memory: packed, sealed and hashed as it passes.

use std::io::{self, Read, Write};

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::manifest::{Part, ended};
use super::pipe::{AHEAD, Blocking, BlockingRead, Hashing, PIECE, Piece, Sending};
use super::seal::{Recipient, Sealer, unpacked, unsealed};
use super::{BackupError, Backups};
use crate::storage::{ObjectPath, StorageError, Upload};

/// The manifest of a tenant with very many files stays far below.
const WHOLE_LIMIT: usize = 512 * 1024 * 1024;

/// A part that is being written. Dropped before [`PartWriter::finish`], it never becomes an object.
pub(super) struct PartWriter {
    name: String,
    packed: bool,
    sealed: bool,
    pieces: mpsc::Sender<Piece>,
    sealing: JoinHandle<io::Result<Passed>>,
    storing: JoinHandle<Result<(u64, String), StorageError>>,
}

struct Passed {
    plain_bytes: u64,
    plain_sha256: String,
    packed_bytes: u64,
}

impl PartWriter {
    /// Begins the part `name` in `folder`.
    pub(super) fn new(backups: &Backups, folder: &ObjectPath, name: &str, packed: bool) -> Result<Self, BackupError> {
        let upload = backups.storage.put(&folder.child(name)?);
        let (pieces, plain) = mpsc::channel(AHEAD);
        let (out, sealed_pieces) = mpsc::channel(AHEAD);
        let recipient = backups.recipient.clone();
        let sealed = recipient.is_some();
        let sealing = tokio::task::spawn_blocking(move || seal(plain, out, packed, recipient.as_ref()));
        let storing = tokio::spawn(store(sealed_pieces, upload));
        Ok(Self { name: name.to_owned(), packed, sealed, pieces, sealing, storing })
    }

    /// Takes in the next piece.
    pub(super) async fn write(&mut self, piece: Bytes) -> Result<(), BackupError> {
        if self.pieces.send(Piece::Some(piece)).await.is_err() {
            return Err(self.failure().await);
        }
        Ok(())
    }

    /// For code that writes without waiting, in a thread of its own.
    pub(super) fn blocking(&self) -> impl Write + Send + 'static {
        Blocking::new(self.pieces.clone())
    }

    /// Makes it an object.
    pub(super) async fn finish(mut self) -> Result<Part, BackupError> {
        if self.pieces.send(Piece::End).await.is_err() {
            return Err(self.failure().await);
        }
        let passed = match (&mut self.sealing).await? {
            Ok(passed) => passed,
            Err(error) => {
                (&mut self.storing).await??;
                return Err(error.into());
            }
        };
        let (bytes, sha256) = (&mut self.storing).await??;
        Ok(Part {
            name: self.name,
            bytes,
            sha256,
            packed_bytes: passed.packed_bytes,
            plain_bytes: passed.plain_bytes,
            plain_sha256: passed.plain_sha256,
            zstd: self.packed,
            sealed: self.sealed,
        })
    }

    // The sealing ends early only when the storing did.
    async fn failure(&mut self) -> BackupError {
        match (&mut self.storing).await {
            Ok(Err(error)) => error.into(),
            Ok(Ok(_)) => BackupError::Disk("a part ended too early".into()),
            Err(error) => error.into(),
        }
    }
}

/// The part as it was before it was packed, piece by piece. Ends with an error when it is not the one that was written:
/// whoever has read it to its end without one has read what was saved.
pub(super) fn read(
    backups: &Backups,
    folder: &ObjectPath,
    part: &Part,
) -> Result<BoxStream<'static, Result<Bytes, BackupError>>, BackupError> {
    read_down_to(backups, folder, part, true)
}

/// The part without its seal but still packed.
pub(super) fn read_packed(
    backups: &Backups,
    folder: &ObjectPath,
    part: &Part,
) -> Result<BoxStream<'static, Result<Bytes, BackupError>>, BackupError> {
    read_down_to(backups, folder, part, false)
}

/// The part as a whole.
pub(super) async fn read_whole(backups: &Backups, folder: &ObjectPath, part: &Part) -> Result<Vec<u8>, BackupError> {
    let mut pieces = read(backups, folder, part)?;
    let mut whole = Vec::new();
    while let Some(piece) = pieces.next().await {
        whole.extend_from_slice(&piece?);
        if whole.len() > WHOLE_LIMIT {
            return Err(BackupError::Damaged(format!("{} is far too large", part.name)));
        }
    }
    Ok(whole)
}

/// Reads pieces without waiting, in a thread of its own.
pub(super) fn blocking_reader(
    mut pieces: BoxStream<'static, Result<Bytes, BackupError>>,
) -> impl Read + Send + 'static {
    let (sender, receiver) = mpsc::channel::<Result<Bytes, BackupError>>(AHEAD);
    tokio::spawn(async move {
        while let Some(piece) = pieces.next().await {
            if sender.send(piece).await.is_err() {
                return;
            }
        }
    });
    BlockingRead::new(receiver)
}

fn read_down_to(
    backups: &Backups,
    folder: &ObjectPath,
    part: &Part,
    unpack: bool,
) -> Result<BoxStream<'static, Result<Bytes, BackupError>>, BackupError> {
    let identity = match (part.sealed, &backups.identity) {
        (false, _) => None,
        (true, Some(identity)) => Some(identity.clone()),
        (true, None) => return Err(BackupError::Sealed("somebody".into())),
    };
    let (storage, path, part) = (backups.storage.clone(), folder.child(part.name.as_str())?, part.clone());
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let stored = match storage.get(&path).await {
            Ok(stored) => stored.map(|piece| piece.map_err(io::Error::other)),
            Err(error) => {
                let error = BackupError::of_reading(&part.name, &io::Error::other(error));
                let _nobody = sender.send(Err(error)).await;
                return;
            }
        };
        let bridge = SyncIoBridge::new(StreamReader::new(stored));
        let reading = tokio::task::spawn_blocking(move || {
            if let Err(error) = open(bridge, &part, identity.as_ref(), unpack, &sender) {
                let _nobody = sender.blocking_send(Err(error));
            }
        });
        if let Err(error) = reading.await {
            tracing::error!(%error, "reading a part failed");
        }
    });
    Ok(futures::stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|piece| (piece, receiver)) })
        .boxed())
}

fn open(
    stored: impl Read + Send,
    part: &Part,
    identity: Option<&super::Identity>,
    unpack: bool,
    sender: &mpsc::Sender<Result<Bytes, BackupError>>,
) -> Result<(), BackupError> {
    let bad = |error: io::Error| BackupError::of_reading(&part.name, &error);
    let mut stored = Hashing::new(stored);
    let (mut bytes, mut hash) = (0_u64, Sha256::new());
    {
        let opened = unsealed(&mut stored, identity).map_err(bad)?;
        let mut plain = unpacked(opened, part.zstd && unpack).map_err(bad)?;
        let mut buffer = vec![0; PIECE];
        loop {
            let read = plain.read(&mut buffer).map_err(bad)?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            hash.update(&buffer[..read]);
            if sender.blocking_send(Ok(Bytes::copy_from_slice(&buffer[..read]))).is_err() {
                return Ok(());
            }
        }
    }
    // What stands behind the end of the packed stream belongs to the object too.
    io::copy(&mut stored, &mut io::sink()).map_err(bad)?;
    let (stored_bytes, stored_hash) = stored.ended();
    let differs = |what: &str| Err(BackupError::Damaged(format!("{}: {what}", part.name)));
    if stored_bytes != part.bytes {
        return differs(&format!("it has {stored_bytes} bytes instead of {}", part.bytes));
    }
    if stored_hash != part.sha256 {
        return differs("its hash differs");
    }
    if unpack && (bytes != part.plain_bytes || ended(hash) != part.plain_sha256) {
        return differs("the hash of its content differs");
    }
    Ok(())
}

fn seal(
    mut plain: mpsc::Receiver<Piece>,
    out: mpsc::Sender<Piece>,
    packed: bool,
    recipient: Option<&Recipient>,
) -> io::Result<Passed> {
    let (mut plain_bytes, mut hash) = (0_u64, Sha256::new());
    let mut sealer = Sealer::new(Sending::new(out), packed, recipient)?;
    loop {
        match plain.blocking_recv() {
            Some(Piece::Some(piece)) => {
                plain_bytes += piece.len() as u64;
                hash.update(&piece);
                sealer.write_all(&piece)?;
            }
            Some(Piece::End) => break,
            None => return Err(io::Error::other("the writer stopped")),
        }
    }
    let (packed_bytes, out) = sealer.finish()?;
    out.end()?;
    Ok(Passed { plain_bytes, plain_sha256: ended(hash), packed_bytes })
}

async fn store(mut pieces: mpsc::Receiver<Piece>, mut upload: Upload) -> Result<(u64, String), StorageError> {
    let mut hash = Sha256::new();
    while let Some(piece) = pieces.recv().await {
        match piece {
            Piece::Some(piece) => {
                hash.update(&piece);
                upload.write(&piece).await?;
            }
            Piece::End => return Ok((upload.finish().await?, ended(hash))),
        }
    }
    Err(StorageError::Failed("the writer stopped".into()))
}
