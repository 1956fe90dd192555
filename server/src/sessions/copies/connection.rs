//! One connection to one run of Redis, and the commands sent over it. No call waits longer than [`PATIENCE`], and after a
//! failure Redis is left alone for a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use db::sessions::StoredSession;
use fred::clients::{Client, WithOptions};
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions_core_014::SessionStore;
use tower_sessions_core_014::session::{Id, Record};
use tower_sessions_core_014::session_store::Error;
use tower_sessions_redis_store::RedisStore;

use super::{Copied, Gap, MARK_LIVES, record};

/// The longest wait for an answer. A request reads once and writes once at most, so it loses 100 ms at most.
pub const PATIENCE: Duration = Duration::from_millis(50);
const REST: Duration = Duration::from_secs(1);

// The key of the marks that are written to try a connection out: no hash of a session.
const PROBE: Id = Id(0);

/// The store, as this module uses it.
pub type Store = RedisStore<WithOptions<Client>>;

/// A connection. It ends with the run of Redis that it leads to, and is never opened again.
pub struct Connection {
    store: Store,
    run: String,
    opened: Instant,
    // Milliseconds after `opened` until which Redis is left alone.
    resting_until: AtomicU64,
}

/// A key that was free, when it was asked for, and what is left of the longest wait.
pub struct Slot {
    id: Id,
    asked: OffsetDateTime,
    patience: Duration,
}

impl Connection {
    /// Over a store that leads to the run `run`.
    pub fn new(store: Store, run: String) -> Self {
        Self { store, run, opened: Instant::now(), resting_until: AtomicU64::new(0) }
    }

    /// Whether Redis accepts marks. A server that is too old, read-only or out of memory could not record that a session
    /// ended, so it must not answer for one either.
    pub async fn accepts_marks(&self) -> bool {
        let briefly = OffsetDateTime::now_utc() + Duration::from_secs(2);
        self.overwrite(&record::mark(PROBE, briefly)).await
    }

    /// What Redis has of the session that is stored as `row`.
    pub async fn load(self: &Arc<Self>, row: &[u8]) -> Copied {
        if self.is_resting() {
            return Copied::Unknown;
        }
        let (id, asked, began) = (record::key(&self.run, row), OffsetDateTime::now_utc(), Instant::now());
        match tokio::time::timeout(PATIENCE, self.store.load(&id)).await {
            Ok(Ok(Some(found))) => record::session(found).map_or(Copied::Unknown, Copied::Found),
            Ok(Ok(None)) => {
                let patience = PATIENCE.saturating_sub(began.elapsed());
                Copied::Missing(Gap { connection: Arc::clone(self), slot: Slot { id, asked, patience } })
            }
            // Not a record of this store; it stays until its own expiry.
            Ok(Err(Error::Decode(_) | Error::Encode(_))) => Copied::Unknown,
            failed => {
                self.rest(&failed.map_or_else(|_| "no answer in time".to_owned(), |e| format!("{e:?}")));
                Copied::Unknown
            }
        }
    }

    /// Leaves a copy in `slot` if it is still free.
    pub async fn fill(&self, slot: Slot, session: &StoredSession, lives: Duration) {
        let mut copy = record::copy(slot.id, session, slot.asked + lives);
        let created = tokio::time::timeout(slot.patience, self.store.create(&mut copy)).await;
        // A store that finds the key taken may choose another id. Nothing ever asks for that one.
        if let Ok(Ok(())) = created
            && copy.id != slot.id
        {
            self.remove(&copy).await;
        }
    }

    /// Writes a mark over the key of the session that is stored as `row`; whether Redis accepted it.
    pub async fn mark(&self, row: &[u8]) -> bool {
        let mark = record::mark(record::key(&self.run, row), OffsetDateTime::now_utc() + MARK_LIVES);
        let marked = tokio::time::timeout(PATIENCE, self.overwrite(&mark)).await;
        if marked.is_err() {
            self.rest("no answer in time");
        }
        marked.unwrap_or(false)
    }

    /// Whether it failed a moment ago.
    pub fn is_resting(&self) -> bool {
        self.elapsed() < self.resting_until.load(Ordering::Relaxed)
    }

    // `save` overwrites only an existing key and `create` only a free one, and neither says which error means that. So: the
    // one, then the other, and the first again in case a loader wrote its copy in between.
    async fn overwrite(&self, mark: &Record) -> bool {
        if self.store.save(mark).await.is_ok() {
            return true;
        }
        let mut created = mark.clone();
        if self.store.create(&mut created).await.is_ok() {
            if created.id == mark.id {
                return true;
            }
            self.remove(&created).await;
        }
        self.store.save(mark).await.is_ok()
    }

    async fn remove(&self, stray: &Record) {
        let _gone_soon_anyway = self.store.delete(&stray.id).await;
    }

    fn rest(&self, cause: &str) {
        let rest = u64::try_from(REST.as_millis()).unwrap_or(1_000);
        self.resting_until.store(self.elapsed() + rest, Ordering::Relaxed);
        tracing::warn!(cause, "redis does not answer for sessions; PostgreSQL does");
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
