//! The pool of connections: a fixed number, pinged before use, closed when idle.

use std::sync::Arc;
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{
    Manager, Metrics, Object, Pool, PoolConfig, PoolError, QueueMode, RecycleError, RecycleResult, TimeoutType,
    Timeouts,
};
use russh::keys::PrivateKey;
use tokio::sync::Semaphore;

use super::connect::{connect, private_key};
use super::session::Session;
use super::{OffsiteError, Settings};

// An SSH server turns strangers away while too many of them have not signed in yet (ten by default).
const HANDSHAKES: usize = 4;
const PING: Duration = Duration::from_secs(5);

/// A connection of the pool; goes back when dropped.
pub(super) type Lease = Object<Connector>;

/// The pool.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    pool: Pool<Connector>,
    settings: Arc<Settings>,
}

impl Connections {
    pub(super) fn new(settings: Arc<Settings>) -> Result<Self, OffsiteError> {
        let key = private_key(&settings)?;
        // Connecting has its own limit of time: waiting for one's turn does not count.
        let timeouts = Timeouts { wait: Some(settings.wait), create: None, recycle: Some(PING) };
        // The last one used is taken first, so that those not needed grow old.
        let config = PoolConfig { max_size: settings.connections, timeouts, queue_mode: QueueMode::Lifo };
        let connector = Connector { settings: Arc::clone(&settings), key, handshakes: Semaphore::new(HANDSHAKES) };
        let pool = Pool::builder(connector)
            .config(config)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|e| OffsiteError::Unreachable { at: settings.url.at(), words: e.to_string() })?;
        close_idle(&pool, settings.idle);
        Ok(Self { pool, settings })
    }

    pub(super) async fn lease(&self) -> Result<Lease, OffsiteError> {
        let lease = self.pool.get().await.map_err(|error| self.words(error))?;
        lease.touch();
        Ok(lease)
    }

    pub(super) fn count(&self) -> usize {
        self.pool.status().size
    }

    fn words(&self, error: PoolError<OffsiteError>) -> OffsiteError {
        let at = self.settings.url.at();
        match error {
            PoolError::Backend(error) => error,
            PoolError::Timeout(TimeoutType::Wait) => OffsiteError::Busy { at, seconds: self.settings.wait.as_secs() },
            other => OffsiteError::Unreachable { at, words: other.to_string() },
        }
    }
}

/// Makes connections for the pool and looks whether they still live.
#[derive(Debug)]
pub(super) struct Connector {
    settings: Arc<Settings>,
    key: Arc<PrivateKey>,
    handshakes: Semaphore,
}

impl Manager for Connector {
    type Type = Session;
    type Error = OffsiteError;

    async fn create(&self) -> Result<Session, OffsiteError> {
        let _turn = self.handshakes.acquire().await;
        connect(&self.settings, &self.key).await
    }

    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<OffsiteError> {
        if !session.is_usable() {
            return Err(RecycleError::message("broken"));
        }
        session.ping().await.map_err(RecycleError::Backend)
    }
}

// Ends with the pool.
fn close_idle(pool: &Pool<Connector>, idle: Duration) {
    let pool = pool.weak();
    let mut tick = tokio::time::interval((idle / 10).clamp(Duration::from_millis(50), Duration::from_secs(30)));
    tokio::spawn(async move {
        loop {
            tick.tick().await;
            let Some(pool) = pool.upgrade() else { return };
            let gone = pool.retain(|session, _| session.is_usable() && session.idle_for() < idle).removed;
            drop(pool);
            for session in gone {
                session.close().await;
            }
        }
    });
}
