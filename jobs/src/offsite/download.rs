//! Reading a file, with several requests on their way at once; goes on over a new connection where the old one broke.

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{self, FuturesOrdered, Stream, StreamExt as _};
use russh_sftp::client::error::Error as SftpError;
use russh_sftp::protocol::{OpenFlags, StatusCode};
use sha2::{Digest as _, Sha256};

use super::file::OpenFile;
use super::retry::Retry;
use super::{Offsite, OffsiteError, OffsitePath, Stored};

const PIECE: u32 = 32 * 1024;
const WINDOW: usize = 32;

impl Offsite {
    /// The content of `path`, piece by piece; at most 1 MiB is read ahead of who asks.
    pub fn get(&self, path: &OffsitePath) -> impl Stream<Item = Result<Bytes, OffsiteError>> + Send + use<> {
        let reader = Reader::new(self, self.remote(path));
        stream::try_unfold(reader, |mut reader| async move { Ok(reader.next().await?.map(|piece| (piece, reader))) })
    }

    /// Size and hash of what is stored as `path`, by reading all of it.
    ///
    /// # Errors
    /// When it is not there or cannot be read.
    pub async fn read_back(&self, path: &OffsitePath) -> Result<Stored, OffsiteError> {
        self.digest(&self.remote(path)).await
    }

    pub(super) async fn digest(&self, remote: &str) -> Result<Stored, OffsiteError> {
        let (mut reader, mut hash, mut bytes) = (Reader::new(self, remote.to_owned()), Sha256::new(), 0);
        while let Some(piece) = reader.next().await? {
            hash.update(&piece);
            bytes += piece.len() as u64;
        }
        Ok(Stored { bytes, sha256: hash.finalize().into() })
    }
}

/// Reads one file from its beginning to its end.
pub struct Reader {
    offsite: Offsite,
    remote: String,
    retry: Retry,
    open: Option<Open>,
    offset: u64,
    ended: bool,
}

struct Open {
    reading: FuturesOrdered<BoxFuture<'static, Result<Vec<u8>, SftpError>>>,
    asked: u64,
    file: OpenFile,
}

impl Reader {
    fn new(offsite: &Offsite, remote: String) -> Self {
        Self { offsite: offsite.clone(), remote, retry: offsite.retry(), open: None, offset: 0, ended: false }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// When the file is not there, or the connection could not be made again.
    pub async fn next(&mut self) -> Result<Option<Bytes>, OffsiteError> {
        while !self.ended {
            match self.attempt().await {
                Ok(piece) if piece.is_empty() => self.ended = true,
                Ok(piece) => {
                    self.offset += piece.len() as u64;
                    self.retry.progressed();
                    return Ok(Some(piece.into()));
                }
                Err(error) => {
                    self.open = None;
                    self.retry.after(error).await?;
                }
            }
        }
        match self.open.take() {
            Some(open) => open.file.close().await.map(|_| None),
            None => Ok(None),
        }
    }

    // The piece at the offset; an empty one at the end.
    async fn attempt(&mut self) -> Result<Vec<u8>, OffsiteError> {
        let open = match &mut self.open {
            Some(open) => open,
            None => {
                let file = OpenFile::open(self.offsite.lease().await?, &self.remote, OpenFlags::READ).await?;
                self.open.insert(Open { reading: FuturesOrdered::new(), asked: self.offset, file })
            }
        };
        open.ask();
        let piece = match open.reading.next().await {
            Some(Ok(piece)) => piece,
            None => Vec::new(),
            Some(Err(SftpError::Status(status))) if status.status_code == StatusCode::Eof => Vec::new(),
            Some(Err(error)) => return Err(open.file.lease.fault(&self.remote, error)),
        };
        open.file.lease.touch();
        if piece.len() < PIECE as usize && !piece.is_empty() {
            // Less than asked for: the requests behind it leave a gap.
            open.reading = FuturesOrdered::new();
            open.asked = self.offset + piece.len() as u64;
        }
        Ok(piece)
    }
}

impl Open {
    fn ask(&mut self) {
        while self.reading.len() < WINDOW {
            let (raw, handle, offset) = (self.file.lease.raw.clone(), self.file.handle.clone(), self.asked);
            self.reading.push_back(async move { raw.read(handle, offset, PIECE).await.map(|data| data.data) }.boxed());
            self.asked += u64::from(PIECE);
        }
    }
}
