//! A fresh database for each test, cloned from a template that holds the migrated schema.

use std::sync::atomic::{AtomicU32, Ordering};

use migrations::Migrator;
use sea_orm_migration::MigratorTrait;
use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use std::str::FromStr;

use crate::clock::Clock;
use crate::connect::{ConnectOptions, Db};

/// A database of one test. Dropped with it.
pub struct TestDb {
    /// Connected as the app's role, as the program is.
    pub db: Db,
    /// The app's URL.
    pub url: String,
    /// The owner's URL.
    pub owner_url: String,
    /// Its name.
    pub name: String,
}

impl TestDb {
    /// A migrated, empty database, with the machine's clock and without Redis.
    pub async fn new() -> Self {
        Self::with(Clock::System, None).await
    }

    /// A migrated, empty database with this clock and Redis.
    pub async fn with(clock: Clock, redis_url: Option<String>) -> Self {
        sweep().await;
        let name = fresh_name();
        let template = template().await;
        let mut admin = PgConnection::connect(&owner_url("stoa")).await.expect("connect as owner");
        run(&mut admin, format!("create database {name} template {template}")).await;
        let url = app_url(&name);
        let options = ConnectOptions { url: url.clone(), pool: 10, redis_url, clock };
        let db = Db::connect(options).await.expect("connect to the test database");
        Self { db, url, owner_url: owner_url(&name), name }
    }

    /// A database on which only the first `migrations` were run, for tests of the others.
    pub async fn begun(migrations: u32) -> Self {
        sweep().await;
        let name = fresh_name();
        let mut admin = PgConnection::connect(&owner_url("stoa")).await.expect("connect as owner");
        run(&mut admin, format!("create database {name}")).await;
        up(&name, Some(migrations)).await;
        let url = app_url(&name);
        let options = ConnectOptions { url: url.clone(), pool: 10, redis_url: None, clock: Clock::System };
        let db = Db::connect(options).await.expect("connect to the test database");
        Self { db, url, owner_url: owner_url(&name), name }
    }

    /// A database as it was before the migration `name`, for tests of it.
    pub async fn before(name: &str) -> Self {
        let steps = Migrator::migrations().iter().position(|migration| migration.name() == name);
        Self::begun(u32::try_from(steps.expect("a migration of that name")).expect("few migrations")).await
    }

    /// Runs the migrations that were not run yet; how many those were.
    pub async fn migrate(&self) -> usize {
        up(&self.name, None).await
    }

    /// Another process's view of the same database.
    pub async fn another(&self, redis_url: Option<String>) -> Db {
        let options = ConnectOptions { url: self.url.clone(), pool: 5, redis_url, clock: self.db.clock().clone() };
        Db::connect(options).await.expect("connect to the test database")
    }

    /// The owner's connections, with `tenant` set for row level security in each.
    pub async fn owner(&self, tenant: domain::ids::TenantId) -> PgPool {
        let set = format!("select set_config('app.tenant', '{tenant}', false)");
        let options = PgConnectOptions::from_str(&self.owner_url).expect("owner url");
        PgPoolOptions::new()
            .max_connections(2)
            .after_connect(move |conn, _| {
                let set = sqlx::AssertSqlSafe(set.clone());
                Box::pin(async move { conn.execute(set).await.map(drop) })
            })
            .connect_with(options)
            .await
            .expect("connect as owner")
    }

    /// The owner's connection through the door of the platform: it sees the rows of the installation itself.
    pub async fn platform_owner(&self) -> PgConnection {
        self.owner_with("set app.platform = 'on'").await
    }

    /// The owner's connection through the door of backups: it sees the rows of all tenants.
    pub async fn backup_owner(&self) -> PgConnection {
        self.owner_with("set app.backup = 'on'").await
    }

    /// The first column of the first row, through the door of the platform.
    pub async fn scalar(&self, sql: &str) -> i64 {
        let mut owner = self.platform_owner().await;
        let found = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut owner).await;
        found.unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// Waits until some process listens to announcements on `channel`; what is announced before reaches nobody.
    pub async fn until_listening(&self, channel: &str) {
        let sql = format!(
            "select count(*) from pg_stat_activity where datname = current_database() and state = 'idle' \
             and query like 'LISTEN%' and query like '%{channel}%'"
        );
        let found = async || (self.scalar(&sql).await > 0).then_some(());
        super::eventually(&format!("a process listens to {channel}"), found).await;
    }

    /// Names of all tables, partitions included.
    pub async fn tables(&self) -> Vec<String> {
        let mut owner = PgConnection::connect(&self.owner_url).await.expect("connect as owner");
        let sql = "select relname::text from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1";
        sqlx::query_scalar(sql).fetch_all(&mut owner).await.expect("list tables")
    }

    /// Takes row level security off every table: what remains when the second wall is down.
    pub async fn tear_down_walls(&self) {
        let mut owner = PgConnection::connect(&self.owner_url).await.expect("connect as owner");
        let sql = "do $$ declare t regclass; begin for t in select oid from pg_class where relrowsecurity loop \
                   execute format('alter table %s disable row level security', t); end loop; end $$";
        run(&mut owner, sql.to_owned()).await;
    }

    async fn owner_with(&self, setting: &str) -> PgConnection {
        let mut owner = PgConnection::connect(&self.owner_url).await.expect("connect as owner");
        run(&mut owner, setting.to_owned()).await;
        owner
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let name = self.name.clone();
        // Not waited for: PostgreSQL waits in turn for connections that this thread's runtime is still opening.
        // What the end of the process cuts short is swept by the next one.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
            runtime.block_on(drop_database(&name));
        });
    }
}

async fn drop_database(name: &str) {
    if let Ok(mut admin) = PgConnection::connect(&owner_url("stoa")).await {
        let _ = admin.execute(sqlx::AssertSqlSafe(format!("drop database if exists {name} with (force)"))).await;
    }
}

// Databases of processes that are gone.
async fn sweep() {
    static SWEPT: tokio::sync::OnceCell<()> = tokio::sync::OnceCell::const_new();
    let sweeping = async {
        let mut admin =
            PgConnection::connect(&owner_url("stoa")).await.expect("connect as owner; run `make services` first");
        let sql = "select datname::text from pg_database where datname like 'stoa\\_test\\_%'";
        let names: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut admin).await.expect("list databases");
        let alive =
            |name: &str| name.split('_').nth(2).is_some_and(|pid| std::path::Path::new("/proc").join(pid).exists());
        for name in names.iter().filter(|name| !alive(name)) {
            drop_database(name).await;
        }
    };
    SWEPT.get_or_init(|| sweeping).await;
}

async fn template() -> String {
    let scripts: Vec<String> = Migrator::migrations().iter().map(|m| m.name().to_owned()).collect();
    let version = Sha256::digest(format!("{scripts:?}{} no wait", migrations::fingerprint()));
    let name = format!("stoa_template_{}", hex::encode(&version[..4]));
    let mut admin =
        PgConnection::connect(&owner_url("stoa")).await.expect("connect as owner; run `make services` first");
    run(&mut admin, "select pg_advisory_lock(7041)".into()).await;
    let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(&name)
        .fetch_one(&mut admin)
        .await
        .expect("look for the template");
    if !exists {
        let making = format!("{name}_new");
        run(&mut admin, format!("drop database if exists {making} with (force)")).await;
        run(&mut admin, format!("create database {making}")).await;
        up(&making, None).await;
        // Tests that are about something else wait for nothing.
        let mut owner = PgConnection::connect(&owner_url(&making)).await.expect("connect as owner");
        run(&mut owner, "update deletion_rule set least_days = 0".into()).await;
        owner.close().await.expect("close");
        run(&mut admin, format!("alter database {making} rename to {name}")).await;
    }
    run(&mut admin, "select pg_advisory_unlock(7041)".into()).await;
    name
}

async fn up(database: &str, steps: Option<u32>) -> usize {
    let pool = PgPool::connect(&owner_url(database)).await.expect("connect to the database");
    let conn = sea_orm::SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
    // Asking for the pending ones makes the table that remembers them.
    let pending = Migrator::get_pending_migrations(&conn).await.expect("read the migrations").len();
    Migrator::up(&conn, steps).await.expect("migrate");
    pool.close().await;
    pending
}

async fn run(conn: &mut PgConnection, sql: String) {
    conn.execute(sqlx::AssertSqlSafe(sql.clone())).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

fn fresh_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("stoa_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn owner_url(database: &str) -> String {
    with_database(&variable("MIGRATION_DATABASE_URL"), database)
}

fn app_url(database: &str) -> String {
    with_database(&variable("DATABASE_URL"), database)
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where PostgreSQL runs")]
fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set; run tests with `make test`, or `. scripts/env.sh` first"))
}

fn with_database(url: &str, database: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, String::new()), |(base, query)| (base, format!("?{query}")));
    let (server, _) = base.rsplit_once('/').expect("a database URL with a name");
    format!("{server}/{database}{query}")
}
