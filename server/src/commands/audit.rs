//! `stoa audit`: is the record of who did what as it was written.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use db::audit::{self, Broken, Chain, Walk};
use db::platform::{Platform, PlatformTx};
use db::{Access, Db, Scope};
use domain::ids::TenantId;
use domain::jobs::INSTALLATION;
use domain::permission::Permission;
use serde::Deserialize;
use serde_json::json;

use super::connect;
use super::failure::Failure;
use super::output::Output;
use crate::config::Config;

/// Verify the audit log.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Verify the hash chains of the audit log, and report the first modified entry of each.
    Verify {
        /// Verify this tenant only (`-`: the platform). Default: all.
        #[arg(long, allow_hyphen_values = true)]
        tenant: Option<String>,
        /// An earlier output of `stoa --json audit verify`. Each chain must continue it.
        #[arg(long)]
        against: Option<PathBuf>,
    },
}

impl Command {
    pub async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let Self::Verify { tenant, against } = self;
        let kept = against.as_deref().map(Kept::read).transpose()?;
        let db = connect::database(config).await?;
        let chains = match tenant.as_deref() {
            Some(INSTALLATION) => vec![(INSTALLATION.to_owned(), PlatformTx::NIL)],
            Some(slug) => vec![(slug.to_owned(), connect::tenant(&db, slug).await?.tenant())],
            None => all(&db).await?,
        };
        let mut walks = Vec::with_capacity(chains.len());
        for (name, tenant) in &chains {
            let scope = Access::command(db.clone(), *tenant).scope(Permission::ReadAudit)?;
            let mut walk = audit::verify(&scope).await?;
            if let Some(end) = kept.as_ref().and_then(|kept| kept.end(*tenant)) {
                compare(&scope, &mut walk, end).await?;
            }
            walks.push((name.clone(), *tenant, walk));
        }
        // A chain of then of which nothing at all is left.
        for (name, id, end) in kept.iter().filter(|_| tenant.is_none()).flat_map(Kept::ends) {
            if end.sound > 0 && chains.iter().all(|(_, known)| *known != id) {
                let broken = Broken { seq: 1, at: None, words: "is missing" };
                walks.push((name, id, Walk { sound: 0, head: String::new(), broken: Some(broken), seal: None }));
            }
        }
        report(&walks, out)
    }
}

// The ends of chains as an earlier run printed them.
#[derive(Deserialize)]
struct Kept {
    chains: Vec<KeptEnd>,
}

#[derive(Deserialize)]
struct KeptEnd {
    id: TenantId,
    tenant: String,
    sound: i64,
    head: String,
}

impl Kept {
    fn read(path: &Path) -> Result<Self, Failure> {
        let wrong = |error: String| {
            Failure::failed(format!("{} is not the output of `stoa --json audit verify`: {error}", path.display()))
        };
        let text = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))
    }

    fn end(&self, tenant: TenantId) -> Option<&KeptEnd> {
        self.chains.iter().find(|end| end.id == tenant)
    }

    fn ends(&self) -> impl Iterator<Item = (String, TenantId, &KeptEnd)> {
        self.chains.iter().map(|end| (end.tenant.clone(), end.id, end))
    }
}

async fn compare(scope: &Scope, walk: &mut Walk, end: &KeptEnd) -> Result<(), Failure> {
    if walk.broken.is_none() && !audit::continues(scope, end.sound, &end.head).await? {
        walk.broken = Some(Broken { seq: end.sound, at: None, words: "differs from the earlier output" });
    }
    Ok(())
}

async fn all(db: &Db) -> Result<Vec<(String, TenantId)>, Failure> {
    let chains = audit::chains(&Platform::command(db.clone())).await?;
    let name = |chain: &Chain| match chain.slug() {
        _ if chain.tenant() == PlatformTx::NIL => INSTALLATION.to_owned(),
        Some(slug) => slug.to_owned(),
        None => chain.tenant().to_string(),
    };
    Ok(chains.iter().map(|chain| (name(chain), chain.tenant())).collect())
}

fn report(walks: &[(String, TenantId, Walk)], out: Output) -> Result<(), Failure> {
    let chains: Vec<_> = walks
        .iter()
        .map(|(name, id, walk)| {
            let broken = walk.broken.as_ref().map(|b| json!({"number": b.seq, "at": b.at, "words": b.words}));
            let seal = walk
                .seal
                .as_ref()
                .map(|s| json!({"at": s.sealed_at, "asked_at": s.asked_at, "by": s.actor, "reason": s.reason}));
            json!({"tenant": name, "id": id, "sound": walk.sound, "head": walk.head, "broken": broken, "sealed": seal})
        })
        .collect();
    let lines: Vec<String> = walks.iter().map(|(name, _, walk)| line(name, walk)).collect();
    out.result(&json!({"chains": chains}), &lines.join("\n"));
    match walks.iter().filter(|(_, _, walk)| walk.broken.is_some()).count() {
        0 => Ok(()),
        n => Err(Failure::failed(format!(
            "{n} of {} chains are broken; do not change the database, and compare it with a backup",
            walks.len()
        ))),
    }
}

fn line(name: &str, walk: &Walk) -> String {
    match (&walk.broken, &walk.seal) {
        (Some(b), _) => {
            let at = b.at.map(|at| format!(" of {}", at.format("%F %T UTC"))).unwrap_or_default();
            format!("{name}: entry {}{at} {}", b.seq, b.words)
        }
        (None, Some(seal)) => {
            let state = match seal.sealed_at {
                Some(at) => format!("was deleted on {}", at.format("%F")),
                None => "is being deleted".to_owned(),
            };
            let asked = seal.asked_at.format("%F");
            format!(
                "{name}: {state}, as {} requested on {asked}; sealed at entry {}, last hash {}",
                seal.actor, walk.sound, walk.head
            )
        }
        (None, None) => {
            format!("{name}: {} entries verified; last hash {}", walk.sound, walk.head)
        }
    }
}
