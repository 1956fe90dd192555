//! A whole server in this process, on a port of its own, over a fresh database.

use std::net::SocketAddr;

use db::Db;
use db::clock::Clock;
use db::people::passwords::Passwords;
use db::testing::TestDb;
pub use db::testing::redis_url;
use server::config::{Config, Purpose, Vars};
use server::listen::ConnectionLimits;
use server::state::AppState;
use server::{listen, metrics, router};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The secret of every server here.
pub const SECRET: &str = "a secret of thirty-two characters";

/// A running server. Ends with the test.
pub struct App {
    pub base: String,
    pub db: Db,
    pub state: AppState,
    pub test_db: TestDb,
    stop: CancellationToken,
}

impl App {
    /// A server with the settings of a plain installation, without Redis.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A server with these settings besides.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        Self::at(Clock::System, settings).await
    }

    /// A server that lives by `clock`.
    pub async fn at(clock: Clock, settings: &[(&str, &str)]) -> Self {
        let test_db = TestDb::with(clock, redis_of(settings)).await;
        let (state, base) = serve(test_db.db.clone(), &test_db.url, settings).await;
        Self { base, db: test_db.db.clone(), stop: state.shutdown.clone(), state, test_db }
    }

    /// Another process of the same installation: its own caches, the same data.
    pub async fn another(&self, settings: &[(&str, &str)]) -> Other {
        let (state, base) = serve(self.test_db.another(redis_of(settings)).await, &self.test_db.url, settings).await;
        Other { base, stop: state.shutdown.clone(), state }
    }

    /// A program without cookies that follows no redirects.
    pub fn http(&self) -> reqwest::Client {
        http().build().unwrap()
    }
}

/// A further server over the database of an [`App`].
pub struct Other {
    pub base: String,
    pub state: AppState,
    stop: CancellationToken,
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// What every client of these tests is built from.
pub fn http() -> reqwest::ClientBuilder {
    let _first = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy()
}

// What the server logs, for whoever looks for the cause of a failing test: `cargo test .. -- --nocapture`.
fn log() {
    let errors = tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_test_writer();
    let _first = errors.try_init();
}

fn redis_of(settings: &[(&str, &str)]) -> Option<String> {
    settings.iter().find(|(name, _)| *name == "REDIS_URL").map(|(_, url)| (*url).to_owned())
}

async fn serve(db: Db, url: &str, settings: &[(&str, &str)]) -> (AppState, String) {
    let folder = std::env::temp_dir().join("stoa-server-tests");
    let folder = folder.to_string_lossy();
    let vars = Vars::from([("DATABASE_URL", url), ("STOA_SECRET", SECRET), ("STOA_DATA_DIR", folder.as_ref())]);
    let vars = settings.iter().fold(vars, |vars, (name, value)| vars.with(name, value));
    let config = Config::read(&vars, Purpose::Serve).unwrap();
    metrics::install().unwrap();
    log();
    let _first = rustls::crypto::ring::default_provider().install_default();
    let passwords = Passwords::new(2).unwrap().with_leaked(config.leaked_passwords.clone());
    let tools = server::background::tools(&config, &db).unwrap();
    let state = AppState::assemble(config, db, passwords, tools, CancellationToken::new()).unwrap();
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let app = router::router(state.clone()).unwrap();
    let limits = ConnectionLimits::default().at_most(state.config.http.most_connections);
    tokio::spawn(listen::serve(listener, app, limits, state.shutdown.clone()));
    (state, base)
}
