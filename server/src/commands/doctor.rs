//! `stoa doctor`: looks at everything that Stoa needs and changes nothing.

use std::path::Path;

use db::Db;
use db::partitions::upkeep::Pulse;
use serde_json::json;

use super::connect;
use super::failure::Failure;
use super::output::Output;
use crate::config::{Config, Purpose};
use crate::health::{self, RUNWAY_DAYS};

const OLDEST_POSTGRES: i32 = 150_000;

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
        return Err(Failure::failed(format!("{wrong} of {} checks found something wrong", findings.len())));
    }
    Ok(())
}

async fn look(config: &Config) -> Vec<Finding> {
    let mut findings =
        vec![good("configuration", format!("every setting is valid; address {}", config.http.public_url))];
    match connect::database(config).await {
        Ok(db) => {
            findings.extend([postgres(&db).await, migrations(&db).await, partitions(&db).await, redis(&db).await])
        }
        Err(failure) => findings.push(bad("postgresql", failure.words())),
    }
    findings.push(data_dir(&config.data_dir));
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
        bad("postgresql", format!("{words}; 15 or newer is needed"))
    } else {
        good("postgresql", words)
    }
}

async fn migrations(db: &Db) -> Finding {
    match health::pending(db).await {
        Ok(pending) if pending.is_empty() => good("migrations", "up to date"),
        Ok(pending) => {
            bad("migrations", format!("{} not run yet ({}); run: stoa migrate", pending.len(), pending.join(", ")))
        }
        Err(error) => bad("migrations", format!("none was run, or they cannot be read ({error}); run: stoa migrate")),
    }
}

async fn partitions(db: &Db) -> Finding {
    match db::partitions::upkeep::pulse(db).await {
        Ok(Pulse { runway_days: days, default_rows: 0 }) if days >= RUNWAY_DAYS => {
            good("partitions", format!("made for {days} days ahead"))
        }
        Ok(Pulse { runway_days: days, default_rows: 0 }) => bad(
            "partitions",
            format!("made for {days} days ahead, {RUNWAY_DAYS} are needed; run: stoa partitions maintain"),
        ),
        Ok(Pulse { default_rows: rows, .. }) => {
            bad("partitions", format!("{rows} rows wait in default partitions; run: stoa partitions maintain"))
        }
        Err(error) => bad("partitions", error.to_string()),
    }
}

async fn redis(db: &Db) -> Finding {
    match db.cache().redis_answers().await {
        None => good("redis", "not configured; everything runs in one process"),
        Some(true) => good("redis", "answers"),
        Some(false) => {
            bad("redis", "does not answer at REDIS_URL; Stoa works without it, but slower and in one process")
        }
    }
}

fn data_dir(dir: &Path) -> Finding {
    let probe = dir.join(format!(".stoa-doctor-{}", std::process::id()));
    let tried = std::fs::create_dir_all(dir)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe));
    match tried {
        Ok(()) => good("data folder", format!("{} can be written", dir.display())),
        Err(error) => bad("data folder", format!("STOA_DATA_DIR {} cannot be written: {error}", dir.display())),
    }
}

fn site(config: &Config) -> Finding {
    let pkg = config.site.pkg();
    if pkg.is_dir() {
        good("site folder", format!("{} is there", pkg.display()))
    } else {
        bad("site folder", format!("{} is missing; build it with: make build, or set LEPTOS_SITE_ROOT", pkg.display()))
    }
}

async fn offsite(settings: &jobs::offsite::Settings) -> Finding {
    let reached = async { jobs::offsite::Offsite::open(settings)?.ping().await };
    match reached.await {
        Ok(Some(free)) => good("off-site", format!("{} answers; {} GB free", settings.url, free / 1_000_000_000)),
        Ok(None) => good("off-site", format!("{} answers", settings.url)),
        Err(error) => bad("off-site", error.to_string()),
    }
}

fn good(name: &'static str, words: impl Into<String>) -> Finding {
    Finding { name, good: true, words: words.into() }
}

fn bad(name: &'static str, words: impl Into<String>) -> Finding {
    Finding { name, good: false, words: words.into() }
}
