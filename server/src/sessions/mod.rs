//! Sessions as they are stored: PostgreSQL holds them, Redis answers for it most of the time. What Redis holds
//! lives for at most a minute, and ending a session leaves a mark there that outlives every copy: nothing that
//! was ended revives, whichever process still wrote a copy at that moment.
//!
//! Nobody is signed out by a store that does not answer, or by a request that is given up: a session that goes on under
//! another id ends when the other one is stored, copies that could not be replaced are taken away as soon as Redis answers, and
//! browsers forget their cookie only where somebody signs out ([`keep_cookie`]).

mod cookie;
mod data;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use db::cache::redis::Redis;
use db::sessions::StoredSession;
use db::{DataError, Db};
use domain::ids::UserId;
use http::HeaderMap;
use serde_json::{Map, Value};
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

use crate::config::SessionTimes;
use crate::middleware::{cookies, current};

pub use cookie::{SignedOut, keep_cookie};
pub use data::{
    ADDRESS, AGENT, Bearer, CEREMONY, ENROLMENT, HALF, Half, LOOK, ONLY, Only, PERSON, PROOF_LASTS, PROVED, UNTIL,
};

const COPY_LIVES: Duration = Duration::from_secs(60);
const MARK_LIVES: Duration = Duration::from_secs(120);
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);

/// The store of sessions.
#[derive(Clone)]
pub struct Sessions {
    db: Db,
    redis: Option<Arc<Redis>>,
    times: SessionTimes,
    secure: bool,
}

impl Sessions {
    /// A store over `db`, with `redis` as its fast path. `secure` says that people come over TLS.
    pub const fn new(db: Db, redis: Option<Arc<Redis>>, times: SessionTimes, secure: bool) -> Self {
        Self { db, redis, times, secure }
    }

    /// The cookie's name. `__Host-` makes browsers refuse one that another host or plain HTTP has set.
    pub const fn cookie(&self) -> &'static str {
        if self.secure { "__Host-stoa" } else { "stoa" }
    }

    /// The layer for the few routes that begin or end sessions; all others only read the cookie.
    pub fn layer(&self) -> SessionManagerLayer<Self> {
        let lifetime = self.times.absolute.as_secs().try_into().unwrap_or(i64::MAX);
        SessionManagerLayer::new(self.clone())
            .with_name(self.cookie())
            .with_secure(self.secure)
            .with_http_only(true)
            .with_same_site(tower_sessions::cookie::SameSite::Lax)
            .with_path("/")
            .with_expiry(Expiry::OnInactivity(tower_sessions::cookie::time::Duration::seconds(lifetime)))
    }

    /// When a session that begins now ends in any case.
    pub fn absolute_end(&self) -> DateTime<Utc> {
        self.db.clock().now() + self.times.absolute
    }

    /// Whose session this is, if it lives; noting that it is in use.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn bearer(&self, id: Id) -> std::result::Result<Option<Bearer>, DataError> {
        let Some(stored) = self.find(id).await? else { return Ok(None) };
        let Some(bearer) = Bearer::of(&stored.data) else { return Ok(None) };
        let end = self.end(&stored.data, None);
        if end - stored.expires_at >= TOUCH_EVERY {
            if !db::sessions::touch(&self.db, &key(id), end).await? {
                return Ok(None);
            }
            // The copy there says that it ends sooner.
            self.forget_copy(&db::sessions::row_id(&key(id))).await;
        }
        Ok(Some(bearer))
    }

    /// Notes that whoever has this session has just shown who they are.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn prove(&self, id: Id) -> Result<()> {
        let Some(mut record) = self.load(&id).await? else { return Ok(()) };
        record.data.insert(PROVED.to_owned(), self.db.clock().now().timestamp().into());
        self.save(&record).await
    }

    /// Whether a session lives. Looking does not count as a use of it.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn lives(&self, id: Id) -> std::result::Result<bool, DataError> {
        Ok(self.find(id).await?.is_some())
    }

    /// Ends all sessions of a person.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn end_all(&self, person: UserId) -> std::result::Result<usize, DataError> {
        let rows = db::sessions::delete_all(&self.db, person).await?;
        for row in &rows {
            self.mark_ended(row).await;
        }
        Ok(rows.len())
    }

    /// Ends all sessions of a person but the one with the id `but`.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn end_others(&self, person: UserId, but: Id) -> std::result::Result<usize, DataError> {
        let rows = db::sessions::delete_others(&self.db, person, &key(but)).await?;
        for row in &rows {
            self.mark_ended(row).await;
        }
        Ok(rows.len())
    }

    /// Ends the session of a person that is kept under the name `row`; whether there was one.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn end_own(&self, person: UserId, row: &[u8]) -> std::result::Result<bool, DataError> {
        let found = db::sessions::delete_own(&self.db, person, row).await?;
        if found {
            self.mark_ended(row).await;
        }
        Ok(found)
    }

    /// The name under which a session is kept.
    pub fn row(id: Id) -> Vec<u8> {
        db::sessions::row_id(&key(id))
    }

    async fn find(&self, id: Id) -> std::result::Result<Option<StoredSession>, DataError> {
        let row = db::sessions::row_id(&key(id));
        let copied = match &self.redis {
            Some(redis) => redis.get_both([&copy_key(&row), &mark_key(&row)]).await,
            None => None,
        };
        match &copied {
            Some([_, Some(_)]) => return Ok(None),
            Some([Some(copy), None]) => {
                let session = serde_json::from_slice::<StoredSession>(copy).ok();
                if let Some(session) = session.filter(|s| s.expires_at > self.db.clock().now()) {
                    return Ok(Some(session));
                }
            }
            _ => {}
        }
        let found = db::sessions::load(&self.db, &key(id)).await?;
        if let (Some(session), Some(redis), Some(_)) = (&found, &self.redis, &copied)
            && let Ok(copy) = serde_json::to_vec(session)
        {
            // Whoever changes the session meanwhile puts the newer copy there.
            redis.set_if_absent(copy_key(&row), &copy, COPY_LIVES).await;
        }
        Ok(found)
    }

    // When a session with this data ends that is used now.
    fn end(&self, data: &Value, otherwise: Option<OffsetDateTime>) -> DateTime<Utc> {
        let seconds = data.get(UNTIL).and_then(Value::as_i64).or_else(|| otherwise.map(OffsetDateTime::unix_timestamp));
        let idle = self.db.clock().now() + self.times.idle;
        seconds.and_then(|s| DateTime::from_timestamp(s, 0)).map_or(idle, |end| idle.min(end))
    }

    fn stored(&self, record: &Record) -> StoredSession {
        let data = Value::Object(record.data.clone().into_iter().collect::<Map<_, _>>());
        StoredSession { expires_at: self.end(&data, Some(record.expiry_date)), data }
    }

    // Where Redis does not hear it now, copies there may still answer once it is back: so keep saying it for as
    // long as they may live.
    async fn mark_ended(&self, row: &[u8]) {
        let key = mark_key(row);
        self.insist(move |redis| {
            let key = key.clone();
            async move { redis.set(&key, b"1", MARK_LIVES).await }
        })
        .await;
    }

    async fn forget_copy(&self, row: &[u8]) {
        let key = copy_key(row);
        self.insist(move |redis| {
            let key = key.clone();
            async move { redis.delete(&key).await }
        })
        .await;
    }

    // Says it to Redis until it hears it, for as long as copies live there.
    async fn insist<F, W>(&self, say: F)
    where
        F: Fn(Arc<Redis>) -> W + Send + 'static,
        W: Future<Output = bool> + Send,
    {
        let Some(redis) = self.redis.clone() else { return };
        if say(Arc::clone(&redis)).await {
            return;
        }
        tokio::spawn(async move {
            for _ in 0..COPY_LIVES.as_secs() {
                tokio::time::sleep(Duration::from_secs(1)).await;
                if say(Arc::clone(&redis)).await {
                    return;
                }
            }
        });
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let session = self.stored(record);
        let (id, person) = (key(record.id), data::person(&session.data));
        let Some(old) = current::take_renamed() else {
            return db::sessions::save(&self.db, &id, person, &session).await.map_err(failed);
        };
        db::sessions::replace(&self.db, &key(old), &id, person, &session).await.map_err(failed)?;
        self.mark_ended(&db::sessions::row_id(&key(old))).await;
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let session = self.stored(record);
        let person = data::person(&session.data);
        let lives = db::sessions::update(&self.db, &key(record.id), person, &session).await.map_err(failed)?;
        // The copy is what the session was before: the next request must find what this one has put into it.
        if lives
            && let Some(redis) = &self.redis
            && let Ok(copy) = serde_json::to_vec(&session)
        {
            let row = db::sessions::row_id(&key(record.id));
            if !redis.set(copy_key(&row), &copy, COPY_LIVES).await {
                self.forget_copy(&row).await;
            }
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(stored) = self.find(*id).await.map_err(failed)? else { return Ok(None) };
        let data = stored.data.as_object().cloned().unwrap_or_default().into_iter().collect();
        let expiry_date = OffsetDateTime::from_unix_timestamp(stored.expires_at.timestamp());
        Ok(expiry_date.ok().map(|expiry_date| Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        // It goes on under another id, and ends when that is stored.
        if current::is_renamed(*id) {
            return Ok(());
        }
        let row = db::sessions::row_id(&key(*id));
        db::sessions::delete(&self.db, &key(*id)).await.map_err(failed)?;
        self.mark_ended(&row).await;
        Ok(())
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("times", &self.times).finish_non_exhaustive()
    }
}

/// The session id in the cookie called `name`, without asking whether it lives.
pub fn session_id(headers: &HeaderMap, name: &str) -> Option<Id> {
    cookies::cookie(headers, name)?.parse().ok()
}

fn key(id: Id) -> [u8; 16] {
    id.0.to_le_bytes()
}

fn copy_key(row: &[u8]) -> Vec<u8> {
    [b"session:", row].concat()
}

fn mark_key(row: &[u8]) -> Vec<u8> {
    [b"ended:", row].concat()
}

fn failed(error: DataError) -> Error {
    Error::Backend(error.to_string())
}
