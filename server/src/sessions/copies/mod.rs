//! Copies of sessions in Redis: the fast path in front of PostgreSQL, held by the store of `tower-sessions-redis-store`. Only
//! this module knows that crate, its client (fred), and the older tower-sessions core that it needs.
//!
//! One rule makes a stale copy impossible: **a request that reads a session from PostgreSQL may write a copy, and only to a free
//! key (NX); a request that changes or ends a session writes a mark over the key, and never a copy.** A mark means "ask
//! PostgreSQL" and outlives every copy that was read before it.
//!
//! A key is a hash of the stored session's name and of the run of Redis that answers. So a key does not reveal a session id, and
//! a Redis that restarts from an old snapshot is empty as far as this module is concerned: it is another run.

mod connect;
mod connection;
mod record;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use db::DataError;
use db::sessions::StoredSession;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use connection::{Connection, Slot};

/// How long a copy may be used.
pub const COPY_LIVES: Duration = Duration::from_secs(60);
/// How long a mark lasts: the life of a copy, and as much again for clocks that differ between processes.
pub const MARK_LIVES: Duration = Duration::from_secs(120);

// How often a mark that Redis did not accept is sent again.
const RETRY_EVERY: Duration = Duration::from_millis(250);

/// The copies in one Redis. Cheap to clone.
#[derive(Clone)]
pub struct Copies(Arc<Shared>);

/// What Redis says about a session.
pub enum Copied {
    /// A copy. Its session may have expired meanwhile.
    Found(StoredSession),
    /// Nothing: once the session is read from PostgreSQL, a copy may be written.
    Missing(Gap),
    /// Ask PostgreSQL and write no copy: there is a mark, or Redis does not answer.
    Unknown,
}

/// The free key of a session, as it was found before PostgreSQL was asked.
pub struct Gap {
    connection: Arc<Connection>,
    slot: Slot,
}

struct Shared {
    link: Arc<watch::Sender<Link>>,
    // The number of marks that Redis has not accepted yet, by session.
    pending: Mutex<HashMap<Vec<u8>, usize>>,
    _keeper: AbortOnDropHandle<()>,
}

#[derive(Clone)]
enum Link {
    Opening,
    Open(Arc<Connection>),
    Closed,
}

impl Copies {
    /// Copies in the Redis at `url`. Connects in the background and keeps trying, because Redis may start later. Must be
    /// called within a runtime.
    ///
    /// # Errors
    /// When the URL is invalid.
    pub fn open(url: &str) -> Result<Self, DataError> {
        let config = connect::config(url)?;
        let link = Arc::new(watch::Sender::new(Link::Opening));
        let keeper = AbortOnDropHandle::new(tokio::spawn(connect::keep(config, Arc::clone(&link))));
        Ok(Self(Arc::new(Shared { link, pending: Mutex::default(), _keeper: keeper })))
    }

    /// What Redis holds for the session that is stored as `row`.
    pub async fn load(&self, row: &[u8]) -> Copied {
        if self.0.is_pending(row) {
            return Copied::Unknown;
        }
        match self.0.connection().await {
            Some(connection) => connection.load(row).await,
            None => Copied::Unknown,
        }
    }

    /// Records that the session stored as `row` was changed or ended, once PostgreSQL has committed that: from now on
    /// PostgreSQL answers. If Redis does not accept the mark now, this process asks PostgreSQL in the meantime and keeps
    /// trying for as long as a copy could live.
    pub async fn mark(&self, row: &[u8]) {
        if self.0.try_mark(row, Effort::Patient).await {
            return;
        }
        self.0.add_pending(row);
        let (shared, row) = (Arc::clone(&self.0), row.to_vec());
        tokio::spawn(async move {
            let began = Instant::now();
            let mut link = shared.link.subscribe();
            while began.elapsed() < MARK_LIVES {
                let _either = tokio::time::timeout(RETRY_EVERY, link.changed()).await;
                if shared.try_mark(&row, Effort::Stubborn).await {
                    break;
                }
            }
            shared.remove_pending(&row);
        });
    }

    /// Whether a connection to Redis is open.
    pub fn is_connected(&self) -> bool {
        matches!(*self.0.link.borrow(), Link::Open(_))
    }
}

impl Gap {
    /// Writes a copy of `session` if the key is still free. It expires `lives` after Redis was asked, not after this call: a
    /// loader that was held up writes nothing that outlives a mark.
    pub async fn fill(self, session: &StoredSession, lives: Duration) {
        self.connection.fill(self.slot, session, lives.min(COPY_LIVES)).await;
    }
}

// Whether Redis is tried again right after a failure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effort {
    Patient,
    Stubborn,
}

impl Shared {
    // Waits for the first connection as long as for an answer, and for later ones not at all.
    async fn connection(&self) -> Option<Arc<Connection>> {
        let link = self.link.borrow().clone();
        let link = match link {
            Link::Opening => {
                let mut changes = self.link.subscribe();
                let opened = changes.wait_for(|link| !matches!(link, Link::Opening));
                tokio::time::timeout(connection::PATIENCE, opened).await.ok()?.ok()?.clone()
            }
            link => link,
        };
        match link {
            Link::Open(connection) => Some(connection),
            Link::Opening | Link::Closed => None,
        }
    }

    async fn try_mark(&self, row: &[u8], effort: Effort) -> bool {
        let Link::Open(connection) = self.link.borrow().clone() else { return false };
        (effort == Effort::Stubborn || !connection.is_resting()) && connection.mark(row).await
    }

    fn is_pending(&self, row: &[u8]) -> bool {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).contains_key(row)
    }

    fn add_pending(&self, row: &[u8]) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        *pending.entry(row.to_vec()).or_default() += 1;
    }

    fn remove_pending(&self, row: &[u8]) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = pending.get_mut(row) {
            *count -= 1;
            if *count == 0 {
                pending.remove(row);
            }
        }
    }
}
