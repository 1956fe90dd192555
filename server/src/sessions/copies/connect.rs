//! Keeping a connection to Redis open. The client's own reconnecting is not used: it would put a restarted Redis, with whatever
//! snapshot it loaded, behind the same handle unnoticed. Here each connection is a client of its own; it knows the run of
//! Redis that it leads to and ends with it.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use db::DataError;
use fred::clients::Client;
use fred::error::{Error, ErrorKind};
use fred::interfaces::ClientLike;
use fred::types::config::{Config, Options, ServerConfig};
use fred::types::{Builder, InfoKind};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;
use tower_sessions_redis_store::RedisStore;
use url::Url;

use super::Link;
use super::connection::{Connection, PATIENCE};

/// The logical database of sessions.
const DATABASE: u8 = 3;
const CONNECT_WITHIN: Duration = Duration::from_millis(500);
// A connection that does not answer for this long is closed.
const SILENT_FOR: Duration = Duration::from_millis(500);
const CHECK_EVERY: Duration = Duration::from_millis(200);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
// Further commands fail instead of waiting in memory.
const MOST_QUEUED: usize = 10_000;

type Driver = AbortOnDropHandle<Result<(), Error>>;

/// The client's settings for `url`, whose database number is ignored, as in the other uses of Redis.
///
/// # Errors
/// When the URL is invalid.
pub fn config(url: &str) -> Result<Config, DataError> {
    let wrong = |e: &dyn Display| DataError::Refused(format!("REDIS_URL: {e}"));
    let parsed = Url::parse(url).map_err(|e| wrong(&e))?;
    let mut config = match parsed.scheme() {
        "redis" => Config::from_url_centralized(url).map_err(|e| wrong(&e))?,
        "unix" | "redis+unix" => socket(&parsed).ok_or_else(|| wrong(&"the path of the socket is missing"))?,
        _ => return Err(wrong(&"begins with neither redis:// nor unix://")),
    };
    config.database = Some(DATABASE);
    config.fail_fast = true;
    Ok(config)
}

/// Connects, publishes the connection through `link`, waits until it ends, and starts again.
pub async fn keep(config: Config, link: Arc<watch::Sender<Link>>) {
    let mut pause = FIRST_PAUSE;
    let mut reported = false;
    loop {
        match open(&config).await {
            Ok((connection, driver)) => {
                link.send_replace(Link::Open(Arc::new(connection)));
                let ended = driver.await;
                link.send_replace(Link::Closed);
                tracing::warn!(?ended, "the connection to redis ended; PostgreSQL answers for sessions");
                (pause, reported) = (FIRST_PAUSE, false);
            }
            Err(error) => {
                link.send_replace(Link::Closed);
                if !reported {
                    tracing::warn!(%error, "redis cannot be used for sessions; PostgreSQL answers");
                    reported = true;
                }
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

// Where the server has only one database, or forbids choosing one, sessions are in that one. Their keys are hashes without a
// prefix; every other key of Stoa has one.
async fn open(config: &Config) -> Result<(Connection, Driver), Error> {
    match open_as_set(config).await {
        Err(error) if is_about_databases(&error) => open_as_set(&Config { database: None, ..config.clone() }).await,
        opened => opened,
    }
}

async fn open_as_set(config: &Config) -> Result<(Connection, Driver), Error> {
    let client = client(config)?;
    let driver = AbortOnDropHandle::new(client.init().await?);
    let info: String = client.info(Some(InfoKind::Server)).await?;
    let run = info.lines().find_map(|line| line.strip_prefix("run_id:")).map(str::trim).filter(|run| !run.is_empty());
    let run =
        run.ok_or_else(|| Error::new(ErrorKind::Protocol, "INFO does not say which run of the server this is"))?;
    let options = Options { fail_fast: true, timeout: Some(PATIENCE), ..Options::default() };
    let connection = Connection::new(RedisStore::new(client.with_options(&options)), run.to_owned());
    if !connection.accepts_marks().await {
        return Err(Error::new(
            ErrorKind::Protocol,
            "it accepts no keys with an expiry time (Redis 6.2 or newer does)",
        ));
    }
    Ok((connection, driver))
}

// Without a reconnect policy, the client's task ends with its first connection.
fn client(config: &Config) -> Result<Client, Error> {
    Builder::from_config(config.clone())
        .with_connection_config(|connection| {
            connection.connection_timeout = CONNECT_WITHIN;
            connection.internal_command_timeout = CONNECT_WITHIN;
            connection.max_command_attempts = 1;
            connection.max_command_buffer_len = MOST_QUEUED;
            connection.unresponsive.max_timeout = Some(SILENT_FOR);
            connection.unresponsive.interval = CHECK_EVERY;
            connection.tcp.nodelay = Some(true);
        })
        .with_performance_config(|performance| performance.default_command_timeout = CONNECT_WITHIN)
        .build()
}

// As in the other uses of Redis: `unix:///path?user=name&pass=word`.
fn socket(url: &Url) -> Option<Config> {
    let path = url.to_file_path().ok()?;
    let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let server = ServerConfig::Unix { path };
    Some(Config { server, username: value("user"), password: value("pass"), ..Config::default() })
}

fn is_about_databases(error: &Error) -> bool {
    let details = error.details().to_lowercase();
    details.contains("db index") || details.contains("select")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_is_the_one_of_sessions_whatever_the_address_says() {
        for url in
            ["redis://127.0.0.1", "redis://:secret@127.0.0.1:6380/0", "redis://[::1]:6379/9", "unix:///run/redis"]
        {
            assert_eq!(config(url).unwrap().database, Some(DATABASE), "{url}");
        }
        for url in ["redis://u:p%40ss@host", "unix:///run/redis.sock?user=u&pass=p%40ss"] {
            let config = config(url).unwrap();
            assert_eq!((config.username.as_deref(), config.password.as_deref()), (Some("u"), Some("p@ss")), "{url}");
        }
        for url in ["rediss://127.0.0.1", "redis://", "127.0.0.1:6379", "unix://"] {
            assert!(config(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_refused_choice_of_the_database_is_told_from_other_errors() {
        let error = |details: &'static str| Error::new(ErrorKind::Unknown, details);
        for details in [
            "ERR DB index is out of range",
            "ERR SELECT is not allowed in cluster mode",
            "ERR unknown command 'SELECT', with args beginning with: '3'",
            "NOPERM User app has no permissions to run the 'select' command",
        ] {
            assert!(is_about_databases(&error(details)), "{details}");
        }
        assert!(!is_about_databases(&error("WRONGPASS invalid username-password pair or user is disabled.")));
    }
}
