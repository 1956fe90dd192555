//! Writing a file: under a temporary name, in pieces of which many are on their way at once, then checked and renamed.
//!
//! What the server has not acknowledged is kept (at most [`WINDOW`] pieces), so that an upload goes on over a new
//! connection where the old one broke, without reading its source again.

use std::collections::VecDeque;
use std::error::Error;

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{FuturesOrdered, Stream, StreamExt as _};
use russh_sftp::client::error::Error as SftpError;
use russh_sftp::protocol::OpenFlags;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::file::OpenFile;
use super::pool::Lease;
use super::{Check, Offsite, OffsiteError, OffsitePath};

// Together they are the memory of an upload, 1 MiB, and 20 MB/s at 50 ms between the machines.
const PIECE: usize = 32 * 1024;
const WINDOW: usize = 32;

/// What was stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stored {
    /// Its size in bytes.
    pub bytes: u64,
    /// The SHA-256 of what was sent, and of what arrived where that is checked.
    pub sha256: [u8; 32],
}

impl Offsite {
    /// Stores what `source` yields as `path`, replacing what had that name. Nobody sees it under that name before all of
    /// it is there and checked; whatever fails leaves the name as it was.
    ///
    /// # Errors
    /// The connection could not be made again, the server refuses or is full, `source` fails, or other bytes arrived
    /// than were sent.
    pub async fn put<S, E>(&self, path: &OffsitePath, source: S) -> Result<Stored, OffsiteError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let target = self.remote(path);
        let folder = target.rsplit_once('/').map_or("", |(folder, _)| folder);
        let temporary = format!("{folder}/.{}.{}.part", path.name(), Uuid::new_v4().simple());
        let mut upload = Upload::new(source, temporary.clone());
        let result = match upload.send(self).await {
            Ok(stored) => self.finish(&temporary, &target, stored).await.map(|()| stored),
            Err(error) => Err(error),
        };
        if result.is_err() {
            self.discard(&temporary).await;
        }
        result
    }

    // Checks the temporary file and gives it its name.
    async fn finish(&self, temporary: &str, target: &str, stored: Stored) -> Result<(), OffsiteError> {
        if self.settings.check == Check::ReadBack {
            let found = self.digest(temporary).await?;
            same(target, stored, found)?;
        }
        let mut retry = self.retry();
        let mut renamed = false;
        loop {
            match self.rename(temporary, target, stored.bytes, renamed).await {
                Err(error) if error.is_transient() => {
                    renamed = true; // perhaps: the answer was lost, not the request
                    retry.after(error).await?;
                }
                other => return other,
            }
        }
    }

    async fn rename(&self, temporary: &str, target: &str, bytes: u64, renamed: bool) -> Result<(), OffsiteError> {
        let session = self.lease().await?;
        match session.stat(temporary).await {
            Ok(found) if found == bytes => session.rename(temporary, target).await,
            Err(error) if error.is_missing() && renamed => match session.stat(target).await? {
                found if found == bytes => Ok(()),
                found => Err(size_differs(target, bytes, found)),
            },
            Ok(found) => Err(size_differs(target, bytes, found)),
            Err(error) => Err(error),
        }
    }

    // A leftover does no harm but takes space: worth one attempt, not a second error.
    async fn discard(&self, temporary: &str) {
        let removed = async { self.lease().await?.remove(temporary).await };
        match removed.await {
            Err(error) if !error.is_missing() => tracing::warn!(%error, temporary, "off-site: not removed"),
            _ => {}
        }
    }
}

fn same(target: &str, sent: Stored, found: Stored) -> Result<(), OffsiteError> {
    if sent.bytes != found.bytes {
        return Err(size_differs(target, sent.bytes, found.bytes));
    }
    if sent.sha256 != found.sha256 {
        return Err(OffsiteError::Mismatch { path: target.to_owned(), words: "different content".to_owned() });
    }
    Ok(())
}

fn size_differs(path: &str, sent: u64, found: u64) -> OffsiteError {
    OffsiteError::Mismatch { path: path.to_owned(), words: format!("{sent} bytes sent, {found} stored") }
}

struct Upload<S> {
    source: S,
    ended: bool,
    rest: Bytes,
    hash: Sha256,
    taken: u64,
    unacknowledged: VecDeque<(u64, Bytes)>,
    temporary: String,
    begun: bool,
}

type Writing = FuturesOrdered<BoxFuture<'static, Result<(), SftpError>>>;

impl<S, E> Upload<S>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    fn new(source: S, temporary: String) -> Self {
        let (rest, unacknowledged) = (Bytes::new(), VecDeque::with_capacity(WINDOW));
        Self { source, ended: false, rest, hash: Sha256::new(), taken: 0, unacknowledged, temporary, begun: false }
    }

    async fn send(&mut self, offsite: &Offsite) -> Result<Stored, OffsiteError> {
        let mut retry = offsite.retry();
        loop {
            let before = self.acknowledged();
            match self.attempt(offsite).await {
                Ok(()) => return Ok(Stored { bytes: self.taken, sha256: self.hash.clone().finalize().into() }),
                Err(error) => {
                    if self.acknowledged() > before {
                        retry.progressed();
                    }
                    retry.after(error).await?;
                }
            }
        }
    }

    // The front of the queue is the first byte that may be missing.
    fn acknowledged(&self) -> u64 {
        self.unacknowledged.front().map_or(self.taken, |(offset, _)| *offset)
    }

    async fn attempt(&mut self, offsite: &Offsite) -> Result<(), OffsiteError> {
        let file = self.open(offsite.lease().await?).await?;
        match self.write(&file).await {
            Ok(()) => {}
            Err(OffsiteError::Refused { path, words }) => return Err(why(&self.temporary, file, path, words).await),
            Err(error) => return Err(error),
        }
        file.sync().await?;
        file.close().await.map(drop)
    }

    // The first time it is made, with the folders it needs; later it must hold what was acknowledged.
    async fn open(&mut self, lease: Lease) -> Result<OpenFile, OffsiteError> {
        if self.begun && self.acknowledged() > 0 {
            let there = lease.stat(&self.temporary).await?;
            if there < self.acknowledged() {
                return Err(size_differs(&self.temporary, self.acknowledged(), there));
            }
            return OpenFile::open(lease, &self.temporary, OpenFlags::WRITE).await;
        }
        self.begun = true;
        if let Some((folder, _)) = self.temporary.rsplit_once('/')
            && lease.stat(folder).await.is_err_and(|error| error.is_missing())
        {
            lease.make_parents(&self.temporary).await?;
        }
        OpenFile::open(lease, &self.temporary, OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE).await
    }

    async fn write(&mut self, file: &OpenFile) -> Result<(), OffsiteError> {
        let mut writing = Writing::new();
        for (offset, piece) in &self.unacknowledged {
            writing.push_back(write_piece(file, *offset, piece.clone()));
        }
        loop {
            while writing.len() < WINDOW && !self.ended {
                // While the source makes us wait, answers are taken too.
                tokio::select! {
                    biased;
                    Some(done) = writing.next() => self.took(file, done)?,
                    piece = next_piece(&mut self.source, &mut self.rest) => match piece? {
                        Some(piece) => self.push(file, &mut writing, piece),
                        None => self.ended = true,
                    },
                }
            }
            match writing.next().await {
                Some(done) => self.took(file, done)?,
                None => return Ok(()),
            }
        }
    }

    fn push(&mut self, file: &OpenFile, writing: &mut Writing, piece: Bytes) {
        self.hash.update(&piece);
        writing.push_back(write_piece(file, self.taken, piece.clone()));
        self.unacknowledged.push_back((self.taken, piece.clone()));
        self.taken += piece.len() as u64;
    }

    fn took(&mut self, file: &OpenFile, done: Result<(), SftpError>) -> Result<(), OffsiteError> {
        done.map_err(|e| file.lease.fault(&file.path, e))?;
        self.unacknowledged.pop_front();
        file.lease.touch();
        Ok(())
    }
}

fn write_piece(file: &OpenFile, offset: u64, piece: Bytes) -> BoxFuture<'static, Result<(), SftpError>> {
    let (raw, handle) = (file.lease.raw.clone(), file.handle.clone());
    async move { raw.write(handle, offset, piece.to_vec()).await.map(drop) }.boxed()
}

// SFTP says no more than "failure" when the disk is full.
async fn why(temporary: &str, file: OpenFile, path: String, words: String) -> OffsiteError {
    let folder = temporary.rsplit_once('/').map_or(".", |(folder, _)| folder);
    let free = file.lease.free(folder).await;
    if let Err(error) = file.close().await {
        tracing::debug!(%error, "off-site: could not close");
    }
    match free {
        Some(free) if free < (PIECE * WINDOW) as u64 => OffsiteError::Full { path, free },
        Some(free) => {
            OffsiteError::Refused { path, words: format!("{words}; {free} bytes are free, so check the quota") }
        }
        None => OffsiteError::Refused { path, words },
    }
}

// Never loses a byte when it is dropped before it is done.
async fn next_piece<S, E>(source: &mut S, rest: &mut Bytes) -> Result<Option<Bytes>, OffsiteError>
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    while rest.is_empty() {
        match source.next().await {
            Some(Ok(bytes)) => *rest = bytes,
            Some(Err(error)) => return Err(OffsiteError::Source(error.into().to_string())),
            None => return Ok(None),
        }
    }
    let piece = rest.split_to(rest.len().min(PIECE));
    // A small piece of a large buffer would keep all of it in memory.
    Ok(Some(Bytes::copy_from_slice(&piece)))
}
