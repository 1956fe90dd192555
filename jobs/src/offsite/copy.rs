//! Copying all objects of one backup off-site, and removing them there.
//!
//! May be run again at any time: what is there already with the same size and hash is not sent again, and what a run
//! that was broken off had sent is known from `SHA256SUMS` or read back.

use std::collections::HashMap;

use futures::FutureExt as _;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use super::sums::{self, Sums};
use super::{Offsite, OffsiteError, OffsitePath};
use crate::storage::{ObjectPath, Storage, Stored as Object};

// Each takes one connection and at most 1 MiB of memory.
const AT_ONCE: usize = 4;
// So many copies may have to be read back after a run that was broken off.
const SAVE_EVERY: usize = 64;
// What was damaged on the way is sent again from the beginning.
const ATTEMPTS: usize = 3;
// What is written last here is copied last: whoever finds a label finds a whole backup.
const LAST: [&str; 2] = ["manifest", "label"];

/// What a run did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Copied {
    /// Objects that were sent.
    pub sent: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Objects that were there already, with the same size and hash.
    pub same: usize,
}

/// Copies every object at and below `prefix`, manifest and label last: a copy that has a label is whole. `SHA256SUMS`
/// beside them lets anybody with a shell there check them. Nothing else may copy the same prefix at the same time.
///
/// # Errors
/// When the storage cannot be read or the off-site folder cannot be reached or refuses; what was copied stays, and the
/// next run goes on from there.
pub async fn copy_offsite(
    storage: &Storage,
    offsite: &Offsite,
    prefix: &ObjectPath,
    stop: &CancellationToken,
) -> Result<Copied, OffsiteError> {
    let objects = storage.list(prefix).await.map_err(|e| OffsiteError::Source(e.to_string()))?;
    if objects.is_empty() {
        return Err(OffsiteError::Source(format!("{} has no files at {prefix}", storage.address())));
    }
    let there_prefix = there(prefix)?;
    offsite.sweep(&there_prefix).await?;
    let found = offsite.list(&there_prefix).await?.into_iter().map(|found| (found.path, found.bytes)).collect();
    let sums = Sums::load(offsite, &there_prefix).await?;
    let mut steps = [const { Vec::new() }; LAST.len() + 1];
    for object in objects {
        let step = LAST.iter().position(|name| object.path.name().starts_with(name));
        steps[step.map_or(0, |step| step + 1)].push(object);
    }
    let mut run = Run { storage, offsite, prefix: there_prefix, found, sums, unsaved: 0, copied: Copied::default() };
    for step in steps {
        run.copy_all(step, stop).await?;
        run.save().await?;
    }
    Ok(run.copied)
}

/// Removes everything at and below `prefix` off-site; how many files that were.
///
/// # Errors
/// When the off-site folder cannot be reached or refuses.
pub async fn prune_offsite(offsite: &Offsite, prefix: &ObjectPath) -> Result<usize, OffsiteError> {
    offsite.prune(&there(prefix)?).await
}

fn there(path: &ObjectPath) -> Result<OffsitePath, OffsiteError> {
    path.to_string().parse().map_err(OffsiteError::Source)
}

struct Run<'a> {
    storage: &'a Storage,
    offsite: &'a Offsite,
    prefix: OffsitePath,
    found: HashMap<OffsitePath, u64>,
    sums: Sums,
    unsaved: usize,
    copied: Copied,
}

struct Done {
    name: String,
    sha256: [u8; 32],
    sent: Option<u64>,
}

impl Run<'_> {
    async fn copy_all(&mut self, objects: Vec<Object>, stop: &CancellationToken) -> Result<(), OffsiteError> {
        let mut work = Vec::with_capacity(objects.len());
        for object in objects {
            let path = there(&object.path)?;
            let name = path.below(&self.prefix).unwrap_or(path.name()).to_owned();
            let (bytes, known) = (self.found.get(&path).copied(), self.sums.get(&name).copied());
            let one = One { storage: self.storage, offsite: self.offsite, object, path, name, bytes, known };
            work.push(one.copy(stop).boxed());
        }
        let mut copies = stream::iter(work).buffer_unordered(AT_ONCE);
        while let Some(done) = copies.next().await {
            let done = match done {
                Ok(done) => done,
                Err(error) => {
                    drop(copies);
                    return Err(self.save().await.err().unwrap_or(error));
                }
            };
            self.sums.set(&done.name, done.sha256);
            match done.sent {
                Some(bytes) => {
                    self.copied.sent += 1;
                    self.copied.bytes += bytes;
                    self.unsaved += 1;
                }
                None => self.copied.same += 1,
            }
            if self.unsaved >= SAVE_EVERY {
                self.save().await?;
            }
        }
        Ok(())
    }

    async fn save(&mut self) -> Result<(), OffsiteError> {
        if self.unsaved > 0 || !self.found.keys().any(|path| path.name() == sums::NAME) {
            self.sums.save(self.offsite, &self.prefix).await?;
            self.unsaved = 0;
        }
        Ok(())
    }
}

struct One<'a> {
    storage: &'a Storage,
    offsite: &'a Offsite,
    object: Object,
    path: OffsitePath,
    name: String,
    bytes: Option<u64>,
    known: Option<[u8; 32]>,
}

impl One<'_> {
    async fn copy(self, stop: &CancellationToken) -> Result<Done, OffsiteError> {
        stop.run_until_cancelled(self.run()).await.unwrap_or(Err(OffsiteError::Stopped))
    }

    async fn run(self) -> Result<Done, OffsiteError> {
        if let Some(sha256) = self.same().await? {
            return Ok(Done { name: self.name, sha256, sent: None });
        }
        let mut attempt = 1;
        loop {
            match self.offsite.put(&self.path, self.source().await?).await {
                Ok(stored) => return Ok(Done { name: self.name, sha256: stored.sha256, sent: Some(stored.bytes) }),
                Err(error @ OffsiteError::Mismatch { .. }) if attempt < ATTEMPTS => {
                    tracing::warn!(%error, attempt, "off-site: sending it again");
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    // Its hash, when the same content is there already.
    async fn same(&self) -> Result<Option<[u8; 32]>, OffsiteError> {
        if self.bytes != Some(self.object.bytes) {
            return Ok(None);
        }
        let mut source = std::pin::pin!(self.source().await?);
        let mut hash = Sha256::new();
        while let Some(piece) = source.try_next().await.map_err(OffsiteError::Source)? {
            hash.update(&piece);
        }
        let here: [u8; 32] = hash.finalize().into();
        let there = match self.known {
            Some(sum) => sum,
            None => self.offsite.read_back(&self.path).await?.sha256,
        };
        Ok((here == there).then_some(here))
    }

    async fn source(
        &self,
    ) -> Result<impl futures::Stream<Item = Result<bytes::Bytes, String>> + Send + Unpin + use<>, OffsiteError> {
        let stream = self.storage.get(&self.object.path).await.map_err(|e| OffsiteError::Source(e.to_string()))?;
        Ok(stream.map_err(|e| e.to_string()))
    }
}
