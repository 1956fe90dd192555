//! What handlers may use. One pointer, so that cloning it for each request costs nothing. A handler that needs a part of it
//! asks for that part: `State<Cursors>`.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use chrono::{DateTime, Utc};
use db::cache::redis::Redis;
use db::people::passwords::Passwords;
use db::rate_limits::RateLimits;
use db::sealing::Sealer;
use db::{DataError, Db};
use domain::page::Cursors;
use tokio_util::sync::CancellationToken;

use crate::auth::keys::Keys;
use crate::auth::passkeys::Passkeys;
use crate::auth::refusal_log::RefusalLog;
use crate::auth::sign_in_throttle::SignInThrottle;
use crate::auth::visitors::Visitors;
use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::http_client::HttpClient;
use crate::input::budget::Budget;
use crate::metrics::Meters;
use crate::sessions::{Copies, Sessions};
use crate::slow_requests::SlowRequests;

// The logical database of Redis that never evicts; sessions lie there too.
const SIGN_IN_THROTTLE: i64 = 3;

/// The state of the server.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// What the state holds; reached through [`AppState`] by its fields.
pub struct Parts {
    /// The settings.
    pub config: Arc<Config>,
    /// Where uploads and messages go.
    data_folder: DataFolder,
    /// Data: pool, cache, feed, clock.
    pub db: Db,
    /// Hashes and verifies passwords.
    pub passwords: Passwords,
    /// Seals places in lists.
    pub cursors: Cursors,
    /// Asks devices for passkeys, where the public address has a name.
    pub(crate) passkeys: Option<Passkeys>,
    /// Sends requests to URLs that tenants enter.
    pub(crate) http_client: HttpClient,
    /// Seals secrets that must be read again.
    pub sealer: Sealer,
    /// Sessions as they are stored.
    pub sessions: Sessions,
    /// Who is behind a session, for up to a second.
    pub(crate) visitors: Visitors,
    /// Who is behind an API key, for up to a second.
    pub keys: Keys,
    /// What was refused to whom.
    pub(crate) refusals: RefusalLog,
    /// Rate limits of the API.
    rate_limits: Arc<RateLimits>,
    /// Limits failed sign-ins.
    pub(crate) sign_in_throttle: SignInThrottle,
    /// What is measured by route.
    pub(crate) meters: Meters,
    /// The last slow requests.
    pub(crate) slow_requests: SlowRequests,
    /// How much of what others send is held at once.
    pub(crate) bodies: Budget,
    /// When the process began.
    pub(crate) began: DateTime<Utc>,
    /// What background work may use, and pages that begin some.
    pub(crate) tools: Arc<jobs::Tools>,
    /// Cancelled when the server is about to end: streams must end then.
    pub shutdown: CancellationToken,
}

impl AppState {
    /// The state over `db`. Called within a runtime: connections to Redis are made in the background.
    ///
    /// # Errors
    /// When the address of Redis is none.
    pub fn assemble(
        config: Config,
        db: Db,
        passwords: Passwords,
        tools: Arc<jobs::Tools>,
        shutdown: CancellationToken,
    ) -> Result<Self, DataError> {
        let redis = config.redis_url.as_deref().map(|url| Redis::new(url, SIGN_IN_THROTTLE)).transpose()?.map(Arc::new);
        let copies = config.redis_url.as_deref().map(Copies::open).transpose()?;
        let sessions = Sessions::new(db.clone(), copies, config.sessions, config.http.secure);
        let visitors = Visitors::new(db.clone(), sessions.clone());
        let (began, bodies) = (db.clock().now(), Budget::new(config.http.body_memory));
        Ok(Self(Arc::new(Parts {
            sign_in_throttle: SignInThrottle::new(redis, config.secret.as_bytes()),
            rate_limits: Arc::new(RateLimits::new(config.redis_url.as_deref())?),
            cursors: Cursors::new(config.secret.as_bytes()),
            passkeys: Passkeys::new(&config.http.public_url),
            http_client: HttpClient::new(config.is_tried_out()).map_err(|e| DataError::Corrupt(e.to_string()))?,
            sealer: Sealer::new(config.secret.as_bytes())?,
            data_folder: DataFolder::new(&config.data_dir),
            config: Arc::new(config),
            keys: Keys::new(db.clone()),
            db,
            passwords,
            sessions,
            visitors,
            refusals: RefusalLog::default(),
            meters: Meters::default(),
            slow_requests: SlowRequests::default(),
            bodies,
            began,
            tools,
            shutdown,
        })))
    }
}

macro_rules! substates {
    ($($part:ident: $kind:ty,)*) => {$(
        impl FromRef<AppState> for $kind {
            fn from_ref(state: &AppState) -> Self {
                state.$part.clone()
            }
        }
    )*};
}

// The parts that handlers and extractors ask for by their type.
substates! {
    config: Arc<Config>,
    data_folder: DataFolder,
    db: Db,
    passwords: Passwords,
    cursors: Cursors,
    sealer: Sealer,
    sessions: Sessions,
    visitors: Visitors,
    keys: Keys,
    rate_limits: Arc<RateLimits>,
    bodies: Budget,
    tools: Arc<jobs::Tools>,
    shutdown: CancellationToken,
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
