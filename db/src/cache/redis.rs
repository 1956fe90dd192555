//! Redis as a helper that may be missing: every call answers within a tenth of a second, failures are
//! absence, and after one nobody waits for Redis again for a second.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig};
use ::redis::{AsyncCommands, Client, IntoConnectionInfo, RedisResult, Script};

use crate::error::DataError;

const PATIENCE: Duration = Duration::from_millis(100);
const PAUSE: Duration = Duration::from_secs(1);
// What the client says when the server refuses SELECT.
const NO_SUCH_DATABASE: &str = "refused to switch database";

/// One logical database of Redis. Cheap to clone.
pub struct Redis {
    own: ConnectionManager,
    // Database 0, for servers that have no other: keys of Stoa have prefixes and can share one.
    first: ConnectionManager,
    has_only_first: AtomicBool,
    started: Instant,
    // Milliseconds after `started` until which nobody tries.
    closed_until: AtomicU64,
}

impl Redis {
    /// Opens lazily: Redis may start later than this process.
    ///
    /// # Errors
    /// When the URL is none.
    pub fn new(url: &str, database: i64) -> Result<Self, DataError> {
        let wrong = |e: ::redis::RedisError| DataError::Refused(format!("REDIS_URL: {e}"));
        let info = url.into_connection_info().map_err(wrong)?;
        let manager = |database| {
            let settings = info.redis_settings().clone().set_db(database);
            let client = Client::open(info.clone().set_redis_settings(settings))?;
            let config = ConnectionManagerConfig::new()
                .set_number_of_retries(1)
                .set_connection_timeout(Some(PATIENCE))
                .set_response_timeout(Some(PATIENCE));
            ConnectionManager::new_lazy_with_config(client, config)
        };
        Ok(Self {
            own: manager(database).map_err(wrong)?,
            first: manager(0).map_err(wrong)?,
            has_only_first: AtomicBool::new(false),
            started: Instant::now(),
            closed_until: AtomicU64::new(0),
        })
    }

    /// The value of `key`, if Redis has it.
    pub async fn get(&self, key: impl AsRef<[u8]>) -> Option<Vec<u8>> {
        let mut manager = self.manager();
        self.attempt(manager.get::<_, Option<Vec<u8>>>(key.as_ref())).await.flatten()
    }

    /// Keeps `value` under `key` for `ttl`; whether Redis took it.
    pub async fn set(&self, key: impl AsRef<[u8]>, value: &[u8], ttl: Duration) -> bool {
        let mut manager = self.manager();
        self.attempt(manager.set_ex::<_, _, ()>(key.as_ref(), value, ttl.as_secs().max(1))).await.is_some()
    }

    /// Forgets `key`; whether Redis heard it.
    pub async fn delete(&self, key: impl AsRef<[u8]>) -> bool {
        let mut manager = self.manager();
        self.attempt(manager.del::<_, ()>(key.as_ref())).await.is_some()
    }

    /// Forgets every key that begins with `prefix`, which holds no letters that mean something in a pattern; how many.
    /// None when Redis did not answer all the way.
    pub async fn forget(&self, prefix: &str) -> Option<u64> {
        let (mut cursor, mut forgotten, pattern) = (0_u64, 0_u64, format!("{prefix}*"));
        loop {
            let mut manager = self.manager();
            let mut scan = ::redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(1_000);
            let (next, keys): (u64, Vec<Vec<u8>>) = self.attempt(scan.query_async(&mut manager)).await?;
            if !keys.is_empty() {
                let mut manager = self.manager();
                forgotten += self.attempt(manager.unlink::<_, u64>(keys)).await?;
            }
            if next == 0 {
                return Some(forgotten);
            }
            cursor = next;
        }
    }

    /// Adds one to the counter `key`, which vanishes `ttl` after its first count; the new count.
    pub async fn count(&self, key: impl AsRef<[u8]>, ttl: Duration) -> Option<i64> {
        let mut manager = self.manager();
        let mut both = ::redis::pipe();
        both.atomic().incr(key.as_ref(), 1).cmd("EXPIRE").arg(key.as_ref()).arg(ttl.as_secs()).arg("NX").ignore();
        let counted: Option<(i64,)> = self.attempt(both.query_async(&mut manager)).await;
        counted.map(|(n,)| n)
    }

    /// Takes one back from the counter `key` if it counts at all.
    pub async fn uncount(&self, key: impl AsRef<[u8]>) {
        let mut manager = self.manager();
        let mut both = ::redis::pipe();
        // A counter that vanished meanwhile comes to life again, and without an end: away with it.
        both.atomic().decr(key.as_ref(), 1).cmd("TTL").arg(key.as_ref());
        let left: Option<(i64, i64)> = self.attempt(both.query_async(&mut manager)).await;
        if left.is_some_and(|(_, ttl)| ttl < 0) {
            self.delete(key).await;
        }
    }

    /// What `script` answers for `keys` and `arguments`: one round trip, two when Redis does not know it yet.
    pub async fn script<T: ::redis::FromRedisValue + Send>(
        &self,
        script: &Script,
        keys: &[String],
        arguments: &[i64],
    ) -> Option<T> {
        let mut manager = self.manager();
        let mut call = script.prepare_invoke();
        for key in keys {
            call.key(key);
        }
        for argument in arguments {
            call.arg(*argument);
        }
        self.attempt(call.invoke_async(&mut manager)).await
    }

    /// Whether Redis answers now.
    pub async fn ping(&self) -> bool {
        let mut manager = self.manager();
        self.attempt(manager.ping::<()>()).await.is_some()
    }

    fn manager(&self) -> ConnectionManager {
        if self.has_only_first.load(Ordering::Relaxed) { self.first.clone() } else { self.own.clone() }
    }

    async fn attempt<T>(&self, call: impl Future<Output = RedisResult<T>>) -> Option<T> {
        if self.elapsed() < self.closed_until.load(Ordering::Relaxed) {
            return None;
        }
        match tokio::time::timeout(PATIENCE, call).await {
            Ok(Ok(value)) => Some(value),
            Ok(Err(error)) if error.to_string().contains(NO_SUCH_DATABASE) => {
                if !self.has_only_first.swap(true, Ordering::Relaxed) {
                    tracing::info!(%error, "redis has no such database; using database 0");
                }
                None
            }
            failed => {
                let pause = u64::try_from(PAUSE.as_millis()).unwrap_or(1_000);
                self.closed_until.store(self.elapsed() + pause, Ordering::Relaxed);
                let cause = failed.err().map_or_else(|| "error".to_owned(), |e| e.to_string());
                tracing::warn!(cause, "Redis is unavailable; continuing without it");
                None
            }
        }
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
