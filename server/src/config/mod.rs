//! Every setting, read once from the environment. An empty variable is an absent one; all faults are found
//! before any is reported, which is why clap, which stops at the first, does not read it. Nothing else in the program reads the
//! environment.

mod backups;
mod database;
mod fault;
mod http;
mod log;
mod mail;
mod offsite;
mod sessions;
mod site;
mod vars;

use std::path::{Path, PathBuf};

pub use backups::{BackupSettings, Sealing};
pub use database::Database;
pub use fault::Faults;
pub use http::Http;
pub use log::{Log, LogFormat};
pub use sessions::SessionTimes;
pub use site::Site;
pub use vars::Vars;

use db::people::leaked::LeakedPasswords;
use db::platform::MOST_GRACE_DAYS;
use domain::tenants::GRACE_DAYS;
use jobs::reach::Reach;

/// The settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// PostgreSQL.
    pub database: Database,
    /// Redis, if there is one.
    pub redis_url: Option<String>,
    /// The web server.
    pub http: Http,
    /// How long sessions last.
    pub sessions: SessionTimes,
    /// Logs.
    pub log: Log,
    /// Mail that goes out.
    pub mailer: jobs::mail::Mailer,
    /// The built site.
    pub site: Site,
    /// What names in shared places are keyed with.
    pub secret: Secret,
    /// Leaked passwords that nobody may choose, if there is a list.
    pub leaked_passwords: Option<LeakedPasswords>,
    /// Uploads and local backups.
    pub data_dir: PathBuf,
    /// Where a second copy of the backups goes, if anywhere.
    pub offsite: Option<jobs::offsite::Settings>,
    /// Backups.
    pub backups: BackupSettings,
    /// Whole quarters of orders kept in the database beside the running one; 0: all.
    pub retention_quarters: u32,
    /// Whether `stoa serve` does the background work too.
    pub worker: bool,
    /// Short jobs at once, in each process that does background work.
    pub job_places: u32,
    /// Days for which the history of jobs is kept.
    pub job_history_days: u32,
    /// Days in which the deletion of a tenant can be taken back.
    pub delete_grace_days: u32,
    /// How far webhooks reach.
    pub webhooks: Reach,
    /// Whether demo people with a known password may exist.
    pub demo: bool,
}

/// For what the settings are read: only those who serve people need the secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Serving people or doing their background work.
    Serve,
    /// A command that ends.
    Command,
}

/// `STOA_SECRET`; does not show itself.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The secret, to derive something from.
    pub const fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Config {
    /// The settings of this process.
    ///
    /// # Errors
    /// All faults at once.
    pub fn load(purpose: Purpose) -> Result<Self, Faults> {
        Self::read(&Vars::of_process(), purpose)
    }

    /// Whether this is no installation for others: the demo, or one that only this machine reaches.
    pub fn is_tried_out(&self) -> bool {
        let host = self.http.public_url.parse::<::http::Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
        let is_here = |host: &str| {
            host == "localhost"
                || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
        };
        self.demo || host.is_some_and(|host| is_here(&host))
    }

    /// The settings that `vars` hold.
    ///
    /// # Errors
    /// All faults at once.
    pub fn read(vars: &Vars, purpose: Purpose) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let demo = vars.switch("STOA_DEMO", false, &mut faults);
        let data_dir = PathBuf::from(vars.text("STOA_DATA_DIR").unwrap_or("data"));
        let http = Http::read(vars, &mut faults);
        let config = Self {
            backups: BackupSettings::read(vars, &data_dir, &mut faults),
            database: Database::read(vars, &mut faults),
            redis_url: redis_url(vars, &mut faults),
            mailer: mail::mailer(vars, &http.public_url, &data_dir, &mut faults),
            http,
            sessions: SessionTimes::read(vars, &mut faults),
            log: Log::read(vars, purpose, &mut faults),
            site: Site::read(vars, &mut faults),
            secret: secret(vars, demo || purpose == Purpose::Command, &mut faults),
            leaked_passwords: leaked_passwords(vars, &mut faults),
            offsite: offsite::read(vars, &mut faults),
            data_dir,
            retention_quarters: vars.number("STOA_RETENTION_QUARTERS", 0, 0..=200, &mut faults),
            worker: vars.switch("STOA_WORKER", true, &mut faults),
            job_places: vars.number("STOA_JOB_PLACES", 8, 1..=500, &mut faults),
            job_history_days: vars.number("STOA_JOB_HISTORY_DAYS", 30, 1..=3_650, &mut faults),
            delete_grace_days: vars.number("STOA_DELETE_GRACE_DAYS", GRACE_DAYS, 0..=MOST_GRACE_DAYS, &mut faults),
            webhooks: webhooks(vars, &mut faults),
            demo,
        };
        faults.into_result(config)
    }
}

fn redis_url(vars: &Vars, faults: &mut Faults) -> Option<String> {
    let url = vars.text("REDIS_URL")?;
    if !["redis://", "unix://", "redis+unix://"].iter().any(|s| url.starts_with(s)) {
        faults.add(
            "REDIS_URL",
            "Use a URL that begins with redis:// (without TLS) or unix://, such as redis://127.0.0.1:6379.",
        );
    }
    Some(url.to_owned())
}

fn webhooks(vars: &Vars, faults: &mut Faults) -> Reach {
    if vars.switch("STOA_WEBHOOKS_PRIVATE", false, faults) { Reach::Everywhere } else { Reach::Public }
}

fn leaked_passwords(vars: &Vars, faults: &mut Faults) -> Option<LeakedPasswords> {
    let opened = LeakedPasswords::open(Path::new(vars.text("STOA_LEAKED_PASSWORDS")?));
    opened
        .map_err(|error| {
            faults.add(
                "STOA_LEAKED_PASSWORDS",
                format!(
                    "The breached-password list cannot be used: \
        {error}"
                ),
            )
        })
        .ok()
}

fn secret(vars: &Vars, optional: bool, faults: &mut Faults) -> Secret {
    let secret = vars.text("STOA_SECRET").unwrap_or_default();
    if secret.is_empty() && !optional {
        faults.add("STOA_SECRET", "Required (or STOA_DEMO=true for a demo). Create one with: openssl rand -hex 32");
    } else if !secret.is_empty() && secret.len() < 32 {
        faults.add("STOA_SECRET", "Use at least 32 characters. Create one with: openssl rand -hex 32");
    }
    Secret(secret.to_owned())
}

#[cfg(test)]
mod tests;
