//! What lies between threads that wait and threads that do not: pieces in channels, and readers and writers over them.

use std::io::{self, Read, Write};

use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::BackupError;
use super::manifest::ended;

/// Bytes of a piece, about.
pub(super) const PIECE: usize = 128 * 1024;
/// Pieces between two threads.
pub(super) const AHEAD: usize = 8;

/// What passes between threads. A channel that closes without an end means that somebody gave up.
pub(super) enum Piece {
    /// More.
    Some(Bytes),
    /// No more, and all of it was good.
    End,
}

/// Collects small writes into pieces.
pub(super) struct Sending {
    pieces: mpsc::Sender<Piece>,
    buffer: BytesMut,
}

impl Sending {
    pub(super) fn new(pieces: mpsc::Sender<Piece>) -> Self {
        Self { pieces, buffer: BytesMut::new() }
    }

    fn send(&mut self) -> io::Result<()> {
        let piece = self.buffer.split().freeze();
        self.pieces.blocking_send(Piece::Some(piece)).map_err(|_| io::Error::other("the storage failed"))
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        self.send()?;
        self.pieces.blocking_send(Piece::End).map_err(|_| io::Error::other("the storage failed"))
    }
}

impl Write for Sending {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(piece);
        if self.buffer.len() >= PIECE {
            self.send()?;
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes without waiting, in a thread of its own.
pub(super) struct Blocking {
    pieces: mpsc::Sender<Piece>,
}

impl Blocking {
    pub(super) const fn new(pieces: mpsc::Sender<Piece>) -> Self {
        Self { pieces }
    }
}

impl Write for Blocking {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let sent = self.pieces.blocking_send(Piece::Some(Bytes::copy_from_slice(piece)));
        sent.map_err(|_| io::Error::other("the storage failed"))?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads without waiting, in a thread of its own.
pub(super) struct BlockingRead {
    pieces: mpsc::Receiver<Result<Bytes, BackupError>>,
    rest: Bytes,
}

impl BlockingRead {
    pub(super) const fn new(pieces: mpsc::Receiver<Result<Bytes, BackupError>>) -> Self {
        Self { pieces, rest: Bytes::new() }
    }
}

impl Read for BlockingRead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.pieces.blocking_recv() {
                Some(Ok(piece)) => self.rest = piece,
                Some(Err(error)) => return Err(io::Error::other(error)),
                None => return Ok(0),
            }
        }
        let count = self.rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.rest.split_to(count));
        Ok(count)
    }
}

/// Counts and hashes what is read through it.
pub(super) struct Hashing<R> {
    inner: R,
    bytes: u64,
    hash: Sha256,
}

impl<R: Read> Hashing<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, bytes: 0, hash: Sha256::new() }
    }

    pub(super) fn ended(self) -> (u64, String) {
        (self.bytes, ended(self.hash))
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}
