//! `stoa doctor`: looks at everything that Stoa needs and changes nothing.

use std::path::Path;

use db::partitions::upkeep::Pulse;
use db::platform::{Platform, TenantRow};
use db::{DataError, Db};
use domain::slug::RESERVED;
use jobs::private;
use serde_json::json;

use super::connect;
use super::failure::Failure;
use super::output::Output;
use crate::config::{Config, Purpose, Sealing};
use crate::data_folder;
use crate::health::{self, RUNWAY_DAYS};

const OLDEST_POSTGRES: i32 = 150_000;
const TENANTS: u64 = 100_000;

struct Finding {
    name: &'static str,
    good: bool,
    words: String,
}

pub async fn run(out: Output) -> Result<(), Failure> {
    let findings = match Config::load(Purpose::Serve) {
        Ok(config) => look(&config).await,
        Err(faults) => vec![bad("configuration", faults.to_string())],
    };
    let wrong = findings.iter().filter(|f| !f.good).count();
    let line = |f: &Finding| format!("{} {:<13} {}", if f.good { "ok   " } else { "WRONG" }, f.name, f.words);
    let text: Vec<String> = findings.iter().map(line).collect();
    let json: Vec<_> = findings.iter().map(|f| json!({"check": f.name, "ok": f.good, "words": f.words})).collect();
    out.result(&json!({"ok": wrong == 0, "checks": json}), &text.join("\n"));
    if wrong > 0 {
        return Err(Failure::failed(format!("{wrong} of {} checks failed", findings.len())));
    }
    Ok(())
}

async fn look(config: &Config) -> Vec<Finding> {
    let mut findings = vec![good("configuration", format!("all settings are valid; URL {}", config.http.public_url))];
    match connect::database(config).await {
        Ok(db) => {
            findings.extend([postgres(&db).await, migrations(&db).await, partitions(&db).await, redis(&db).await]);
            findings.extend([records(&db).await, names(&db).await]);
        }
        Err(failure) => findings.push(bad("postgresql", failure.words())),
    }
    findings.push(data_dir(&config.data_dir));
    findings.push(closed(config));
    findings.push(backups(config));
    findings.push(site(config));
    if let Some(settings) = &config.offsite {
        findings.push(offsite(settings).await);
    }
    findings
}

async fn postgres(db: &Db) -> Finding {
    let (version, role) = match (db::health::server_version(db).await, db::health::role(db).await) {
        (Ok(version), Ok(role)) => (version, role),
        (Err(error), _) | (_, Err(error)) => return bad("postgresql", error.to_string()),
    };
    let words = format!("version {}.{}, working as {role}", version / 10_000, version % 10_000);
    if version < OLDEST_POSTGRES {
        bad("postgresql", format!("{words}; version 15 or newer is required"))
    } else {
        good("postgresql", words)
    }
}

async fn migrations(db: &Db) -> Finding {
    match health::pending(db).await {
        Ok(pending) if pending.is_empty() => good("migrations", "up to date"),
        Ok(pending) => {
            bad("migrations", format!("{} pending ({}); run: stoa migrate", pending.len(), pending.join(", ")))
        }
        Err(error) => bad(
            "migrations",
            format!(
                "no migrations were run, or they cannot be read ({error}); run: stoa \
            migrate"
            ),
        ),
    }
}

async fn partitions(db: &Db) -> Finding {
    match db::partitions::upkeep::pulse(db).await {
        Ok(Pulse { runway_days: days, default_rows: 0 }) if days >= RUNWAY_DAYS => {
            good("partitions", format!("{days} days covered"))
        }
        Ok(Pulse { runway_days: days, default_rows: 0 }) => {
            bad("partitions", format!("{days} days covered, {RUNWAY_DAYS} are required; run: stoa partitions maintain"))
        }
        Ok(Pulse { default_rows: rows, .. }) => {
            bad("partitions", format!("{rows} rows in default partitions; run: stoa partitions maintain"))
        }
        Err(error) => bad("partitions", error.to_string()),
    }
}

async fn redis(db: &Db) -> Finding {
    match db.cache().redis_answers().await {
        None => good("redis", "not configured; Stoa runs in one process"),
        Some(true) => good("redis", "answers"),
        Some(false) => bad("redis", "unavailable at REDIS_URL; Stoa runs without it, but slower and in one process"),
    }
}

// A quick look at where the records end; `stoa audit verify` walks along them.
async fn records(db: &Db) -> Finding {
    let platform = Platform::command(db.clone());
    let (torn, fewest, tenants) = tokio::join!(db::audit::torn(&platform), platform.fewest_days(), leaving(&platform));
    match (torn, fewest, tenants) {
        (Ok(0), Ok(days), Ok(leaving)) => {
            let leaving = if leaving.is_empty() { "none".to_owned() } else { leaving.join(", ") };
            good("records", format!("anchored; tenants scheduled for deletion (after at least {days} days): {leaving}"))
        }
        (Ok(torn), Ok(_), Ok(_)) => {
            bad("records", format!("{torn} chains end before their anchors; run: stoa audit verify"))
        }
        (Err(error), _, _) | (_, Err(error), _) | (_, _, Err(error)) => bad("records", error.to_string()),
    }
}

async fn leaving(platform: &Platform) -> Result<Vec<String>, DataError> {
    let due =
        |tenant: &TenantRow| tenant.delete_after.map(|after| format!("{} on {}", tenant.slug, after.format("%F")));
    Ok(platform.tenants(TENANTS).await?.iter().filter_map(due).collect())
}

// What was called so before the word was reserved: its page is another one's.
async fn names(db: &Db) -> Finding {
    let platform = Platform::command(db.clone());
    let found = async {
        let tenants = platform.tenants(TENANTS).await?.into_iter().map(|t| format!("tenant {}", t.slug));
        let tiers = platform.tiers().await?.into_iter().map(|t| format!("tier {}", t.slug));
        let is_reserved = |name: &String| RESERVED.iter().any(|word| name.ends_with(&format!(" {word}")));
        Ok::<_, DataError>(tenants.chain(tiers).filter(is_reserved).collect::<Vec<_>>())
    };
    match found.await {
        Ok(found) if found.is_empty() => good("names", "no slug is reserved"),
        Ok(found) => {
            bad("names", format!("{}: hidden by a page with the same name; use the command line", found.join(", ")))
        }
        Err(error) => bad("names", error.to_string()),
    }
}

fn data_dir(dir: &Path) -> Finding {
    match data_folder::probe(dir) {
        Ok(()) => good("data folder", format!("{} is writable", dir.display())),
        Err(error) => bad("data folder", format!("STOA_DATA_DIR {} is not writable: {error}", dir.display())),
    }
}

// Whether other accounts of the machine read what is ours.
fn closed(config: &Config) -> Finding {
    let open: Vec<_> =
        crate::background::own_folders(config).iter().map(|folder| private::open_to_others(folder)).collect();
    let count: u64 = open.iter().map(|open| open.count).sum();
    let key = config.backups.identity_file.as_ref().filter(|path| private::is_open(path));
    match (open.into_iter().find_map(|open| open.example), key) {
        (None, None) => good("file modes", "other system users cannot read the files of Stoa"),
        (None, Some(key)) => {
            let key = key.display();
            bad("file modes", format!("other system users can read STOA_BACKUP_IDENTITY_FILE; run: chmod 600 {key}"))
        }
        (Some(example), _) => {
            let words = format!("other system users can read {count} files or folders, such as {}", example.display());
            bad("file modes", format!("{words}; stoa serve and stoa worker restrict them when they start"))
        }
    }
}

fn backups(config: &Config) -> Finding {
    match (&config.backups.sealing, config.secret.as_bytes().is_empty()) {
        (Sealing::Recipient(recipient), _) => {
            let opens = config.backups.identity.as_ref().is_some_and(|key| key.opens(&recipient.to_string()));
            let words =
                if opens { "and verified with STOA_BACKUP_IDENTITY_FILE" } else { "and cannot be verified here" };
            good("encryption", format!("backups are encrypted for {recipient} {words}"))
        }
        (Sealing::OwnKey, false) => good(
            "encryption",
            "backups are encrypted with a key of STOA_SECRET; store a copy of the key elsewhere: stoa backup key",
        ),
        (Sealing::OwnKey, true) => {
            let words = "backups are encrypted with the key in the data folder; store a copy of it elsewhere: stoa \
                backup key";
            good("encryption", words)
        }
        (Sealing::Open, _) => good("encryption", "backups are not encrypted: STOA_BACKUP_ENCRYPTION=none"),
    }
}

fn site(config: &Config) -> Finding {
    let pkg = config.site.pkg();
    if pkg.is_dir() {
        good("site folder", format!("{} exists", pkg.display()))
    } else {
        bad("site folder", format!("{} is missing; build it with: make build, or set LEPTOS_SITE_ROOT", pkg.display()))
    }
}

async fn offsite(settings: &jobs::offsite::Settings) -> Finding {
    let reached = async { jobs::offsite::Offsite::open(settings)?.ping().await };
    match reached.await {
        Ok(Some(free)) => good("off-site", format!("{} is reachable; {} GB free", settings.url, free / 1_000_000_000)),
        Ok(None) => good("off-site", format!("{} is reachable", settings.url)),
        Err(error) => bad("off-site", error.to_string()),
    }
}

fn good(name: &'static str, words: impl Into<String>) -> Finding {
    Finding { name, good: true, words: words.into() }
}

fn bad(name: &'static str, words: impl Into<String>) -> Finding {
    Finding { name, good: false, words: words.into() }
}
