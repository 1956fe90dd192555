//! Sessions as they are stored: PostgreSQL holds them, and copies in Redis answer for it most of the time ([`Copies`]).
//!
//! Neither a store that does not answer nor a cancelled request signs a user out: a session that continues under another
//! id ends when the other one is stored, and browsers forget their cookie only when the user signs out ([`keep_cookie`]).

mod cookie;
mod copies;
mod data;
mod store;

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use db::sessions::StoredSession;
use db::{DataError, Db};
use domain::ids::UserId;
use http::HeaderMap;
use serde_json::Value;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::{self, OffsetDateTime};
use tower_sessions::session::Id;
use tower_sessions::session_store::Result;
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

use crate::config::SessionTimes;
use crate::middleware::cookies;

pub use cookie::{SignedOut, keep_cookie};
pub use copies::{COPY_LIVES, Copied, Copies, Gap, MARK_LIVES};
pub use data::{
    ADDRESS, AGENT, Bearer, CEREMONY, ENROLMENT, HALF, Half, IMPERSONATION, ONLY, Only, PERSON, PROOF_LASTS, PROVED,
    UNTIL,
};

// The time of last use is written this often at most.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);

/// The store of sessions.
#[derive(Clone)]
pub struct Sessions {
    db: Db,
    copies: Option<Copies>,
    times: SessionTimes,
    secure: bool,
}

// Whether reading a session counts as a use of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Use,
    Check,
}

impl Sessions {
    /// A store over `db`, with `copies` as its fast path. `secure` says that people come over TLS.
    pub const fn new(db: Db, copies: Option<Copies>, times: SessionTimes, secure: bool) -> Self {
        Self { db, copies, times, secure }
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
            .with_same_site(SameSite::Lax)
            .with_path("/")
            .with_expiry(Expiry::OnInactivity(time::Duration::seconds(lifetime)))
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
        let found = self.find(&key(id), Reading::Use).await?;
        Ok(found.and_then(|stored| Bearer::of(&stored.data)))
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

    /// Whether a session is valid. Asking does not count as a use of it.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn lives(&self, id: Id) -> std::result::Result<bool, DataError> {
        Ok(self.find(&key(id), Reading::Check).await?.is_some())
    }

    /// Ends all sessions of a person.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn end_all(&self, person: UserId) -> std::result::Result<usize, DataError> {
        let rows = db::sessions::delete_all(&self.db, person).await?;
        for row in &rows {
            self.mark(row).await;
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
            self.mark(row).await;
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
            self.mark(row).await;
        }
        Ok(found)
    }

    /// The name under which a session is kept.
    pub fn row(id: Id) -> Vec<u8> {
        db::sessions::row_id(&key(id))
    }

    async fn find(&self, key: &[u8; 16], reading: Reading) -> std::result::Result<Option<StoredSession>, DataError> {
        let copied = match &self.copies {
            Some(copies) => copies.load(&db::sessions::row_id(key)).await,
            None => Copied::Unknown,
        };
        let gap = match copied {
            Copied::Found(session) if self.may_answer(&session, reading) => return Ok(Some(session)),
            Copied::Missing(gap) => Some(gap),
            Copied::Found(_) | Copied::Unknown => None,
        };
        let Some(mut session) = db::sessions::load(&self.db, key).await? else { return Ok(None) };
        if self.is_touch_due(&session, reading) {
            session.expires_at = self.end(&session.data, None);
            if !db::sessions::touch(&self.db, key, session.expires_at).await? {
                return Ok(None);
            }
        }
        if let Some(gap) = gap {
            gap.fill(&session, self.copy_lives(&session)).await;
        }
        Ok(Some(session))
    }

    fn may_answer(&self, copy: &StoredSession, reading: Reading) -> bool {
        copy.expires_at > self.db.clock().now() && !self.is_touch_due(copy, reading)
    }

    // A use does not extend a session that still owes the second factor.
    fn is_touch_due(&self, session: &StoredSession, reading: Reading) -> bool {
        reading == Reading::Use && self.unnoted(session) >= TOUCH_EVERY && Bearer::of(&session.data).is_some()
    }

    // Time since the last noted use, if the session is used now; zero where its absolute end is near.
    fn unnoted(&self, session: &StoredSession) -> TimeDelta {
        self.end(&session.data, None) - session.expires_at
    }

    // A copy expires when the next use is due to be noted: the request that notes it then writes a new copy.
    fn copy_lives(&self, session: &StoredSession) -> Duration {
        let until_touch = TOUCH_EVERY - self.unnoted(session);
        let lives = if until_touch > TimeDelta::zero() { until_touch } else { TOUCH_EVERY };
        lives.min(session.expires_at - self.db.clock().now()).to_std().unwrap_or_default()
    }

    // When a session with this data expires if it is used now.
    fn end(&self, data: &Value, otherwise: Option<OffsetDateTime>) -> DateTime<Utc> {
        let seconds = data.get(UNTIL).and_then(Value::as_i64).or_else(|| otherwise.map(OffsetDateTime::unix_timestamp));
        let idle = self.db.clock().now() + self.times.idle;
        seconds.and_then(|s| DateTime::from_timestamp(s, 0)).map_or(idle, |end| idle.min(end))
    }

    async fn mark(&self, row: &[u8]) {
        if let Some(copies) = &self.copies {
            copies.mark(row).await;
        }
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
