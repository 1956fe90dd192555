//! What commands begin with.

use std::num::NonZero;

use db::people::passwords::Passwords;
use db::platform::Platform;
use db::{Access, ConnectOptions, DataError, Db};

use super::failure::Failure;
use crate::config::Config;

/// The database, as the role that may do no more than it should.
pub async fn database(config: &Config) -> Result<Db, Failure> {
    let options = ConnectOptions {
        url: config.database.url.clone(),
        pool: config.database.pool,
        redis_url: config.redis_url.clone(),
        clock: db::Clock::System,
    };
    let db = Db::connect(options).await.map_err(|error| unreachable(&error))?;
    db.check().await?;
    Ok(db)
}

/// Hashes passwords on all cores but one: a crowd that signs in leaves that one to everybody else.
pub fn passwords(config: &Config) -> Result<Passwords, DataError> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let passwords = Passwords::new(cores.saturating_sub(1).max(1))?;
    Ok(passwords.with_leaked(config.leaked_passwords.clone()))
}

/// The tenant called `slug`.
pub async fn tenant(db: &Db, slug: &str) -> Result<Access, Failure> {
    match Platform::command(db.clone()).enter(slug).await {
        Err(DataError::NotFound(_)) => Err(Failure::failed(format!(
            "there is no tenant '{slug}'; create it with: stoa tenant create --slug {slug} --name NAME"
        ))),
        other => Ok(other?),
    }
}

fn unreachable(error: &DataError) -> Failure {
    match error.sql_state().as_deref() {
        Some("22023" | "42704" | "42501") => Failure::failed(format!(
            "the user of DATABASE_URL cannot use the role {} ({error}); run: stoa migrate",
            db::connect::APP_ROLE
        )),
        _ => Failure::failed(format!("cannot connect to PostgreSQL with DATABASE_URL: {error}; run: stoa doctor")),
    }
}
