//! The connection to PostgreSQL: one pool for everything.

use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{DatabaseConnection, SqlxPostgresConnector};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Executor, PgPool};

use crate::cache::Cache;
use crate::clock::Clock;
use crate::entities::SharedQueries;
use crate::error::DataError;
use crate::feed::Hub;
use crate::known::Known;
use crate::queue::Bell;
use crate::transaction::{Setting, Transaction};

/// The role as which all work is done: owns nothing, cannot bypass row-level security.
pub const APP_ROLE: &str = "stoa_app";

/// How to connect.
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    /// `postgres://...`. An `application_name` in it is kept; without one, connections are named `stoa`.
    pub url: String,
    /// Most connections at once.
    pub pool: u32,
    /// `redis://...`; without it everything still runs in one process.
    pub redis_url: Option<String>,
    /// Tells the time.
    pub clock: Clock,
}

/// Everything below the queries: pool, clock, cache, feed. One pointer, so that cloning it for each request costs
/// nothing. Gives out no data by itself: for that one needs a [`crate::scope::Scope`].
#[derive(Clone)]
pub struct Db(Arc<Parts>);

/// What it holds; reached through [`Db`].
pub struct Parts {
    pub(crate) conn: DatabaseConnection,
    pub(crate) pool: PgPool,
    clock: Clock,
    cache: Arc<Cache>,
    hub: Hub,
    bell: Bell,
    statements: Arc<AtomicU64>,
    known: Known,
    #[cfg(feature = "testing")]
    broken_filter: std::sync::OnceLock<(domain::ids::TenantId, domain::ids::TenantId)>,
}

impl Db {
    /// Opens the pool; every connection works as [`APP_ROLE`]. Redis is tried later and may be absent.
    ///
    /// # Errors
    /// When the URL is wrong, PostgreSQL is out of reach, or the login may not become the app's role.
    pub async fn connect(options: ConnectOptions) -> Result<Self, DataError> {
        let mut login = PgConnectOptions::from_str(&options.url)?;
        if login.get_application_name().is_none() {
            login = login.application_name("stoa");
        }
        let pool = PgPoolOptions::new()
            .max_connections(options.pool)
            .acquire_timeout(Duration::from_secs(5))
            .idle_timeout(Duration::from_secs(300))
            .test_before_acquire(false)
            .after_connect(|conn, _| Box::pin(async move { conn.execute(BECOME_APP).await.map(drop) }))
            .connect_with(login)
            .await?;
        let statements = Arc::new(AtomicU64::new(0));
        let mut conn = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
        let counter = Arc::clone(&statements);
        conn.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let cache = Arc::new(Cache::new(options.redis_url.as_deref())?);
        let hub = Hub::new();
        let generations = Arc::clone(&cache);
        hub.on_arrival(move |tenant, seq| generations.generations().announce(tenant, seq));
        let db = Self(Arc::new(Parts {
            conn,
            pool,
            clock: options.clock,
            cache,
            hub,
            bell: Bell::new(),
            statements,
            known: Known::default(),
            #[cfg(feature = "testing")]
            broken_filter: std::sync::OnceLock::new(),
        }));
        tokio::spawn(crate::feed::send(db.clone()));
        tokio::spawn(crate::queue::ring(db.clone()));
        Ok(db)
    }

    /// Tells the time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The cache of figures and pages.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Where new feed events are announced.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Wakes workers when there are new jobs.
    pub(crate) fn bell(&self) -> &Bell {
        &self.bell
    }

    /// From now on the query layer asks for `victim`'s rows wherever it works for `tenant`, while row level security still
    /// holds `tenant`: what remains of a whole server when the first wall is down. Once and for good.
    #[cfg(feature = "testing")]
    pub fn break_filter(&self, tenant: domain::ids::TenantId, victim: domain::ids::TenantId) {
        let _first = self.broken_filter.set((tenant, victim));
    }

    #[cfg(feature = "testing")]
    pub(crate) fn filter_for(&self, tenant: domain::ids::TenantId) -> domain::ids::TenantId {
        self.broken_filter.get().filter(|(whose, _)| *whose == tenant).map_or(tenant, |(_, victim)| *victim)
    }

    /// Begins a transaction in which row level security goes by `setting`.
    pub(crate) async fn begin(&self, setting: Setting) -> Result<Transaction, DataError> {
        Ok(Transaction::begin(&self.pool, setting, &self.statements).await?)
    }

    /// What this process knows without asking PostgreSQL.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// Statements run since the start, those that begin and end transactions not among them.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Whether PostgreSQL answers, and as a role that cannot look behind the tenant walls.
    ///
    /// # Errors
    /// When it does not answer, or the role is a superuser, bypasses row level security or owns tables.
    pub async fn check(&self) -> Result<(), DataError> {
        // SQL: the catalogue has no entity.
        let sql = "select r.rolsuper or r.rolbypassrls or exists (select from pg_class c where c.relowner = r.oid and c.relkind in ('r', 'p')) \
                   from pg_roles r where r.rolname = current_user";
        let strong: bool = sqlx::query_scalar(sql).fetch_one(&self.pool).await?;
        if strong {
            return Err(DataError::Refused(format!(
                "the app must work as {APP_ROLE}, which owns nothing and cannot bypass row-level security"
            )));
        }
        Ok(())
    }

    /// Closes all connections once they are idle.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl SharedQueries for Db {}

impl Deref for Db {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

// Local plans for small lists: a generic plan cannot prune partitions as early, and JIT costs more than it saves.
// SQL: settings of a session.
pub(crate) const BECOME_APP: &str = "set role stoa_app; set jit = off; set idle_in_transaction_session_timeout = '30s'";
