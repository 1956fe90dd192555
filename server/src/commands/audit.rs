//! `stoa audit`: is the record of who did what as it was written.

use clap::Subcommand;
use db::audit::{self, Walk};
use db::platform::{Platform, PlatformTx};
use db::{Access, Db};
use domain::ids::TenantId;
use domain::jobs::INSTALLATION;
use domain::permission::Permission;
use serde_json::json;

use super::connect;
use super::failure::Failure;
use super::output::Output;
use crate::config::Config;

const ALL: u64 = 1_000_000;

/// What to do with the record.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Walk along its chains and name the first entry of each that is not as it was written.
    Verify {
        /// Of this tenant only (`-`: the installation's own); all without.
        #[arg(long, allow_hyphen_values = true)]
        tenant: Option<String>,
    },
}

impl Command {
    pub async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let Self::Verify { tenant } = self;
        let db = connect::database(config).await?;
        let chains = match tenant.as_deref() {
            Some(INSTALLATION) => vec![installation()],
            Some(slug) => vec![(slug.to_owned(), connect::tenant(&db, slug).await?.tenant())],
            None => all(&db).await?,
        };
        let mut walks = Vec::with_capacity(chains.len());
        for (slug, tenant) in chains {
            let scope = Access::command(db.clone(), tenant).scope(Permission::ReadAudit)?;
            walks.push((slug, audit::verify(&scope).await?));
        }
        report(&walks, out)
    }
}

fn installation() -> (String, TenantId) {
    (INSTALLATION.to_owned(), PlatformTx::NIL)
}

async fn all(db: &Db) -> Result<Vec<(String, TenantId)>, Failure> {
    let tenants = Platform::command(db.clone()).tenants(ALL).await?;
    Ok(std::iter::once(installation()).chain(tenants.into_iter().map(|t| (t.slug, t.id))).collect())
}

fn report(walks: &[(String, Walk)], out: Output) -> Result<(), Failure> {
    let chains: Vec<_> = walks
        .iter()
        .map(|(slug, walk)| {
            let broken = walk.broken.as_ref().map(|b| json!({"number": b.seq, "at": b.at, "words": b.words}));
            json!({"tenant": slug, "sound": walk.sound, "head": walk.head, "broken": broken})
        })
        .collect();
    let lines: Vec<String> = walks
        .iter()
        .map(|(slug, walk)| match &walk.broken {
            None => format!("{slug}: {} entries are as they were written; the last hash is {}", walk.sound, walk.head),
            Some(b) => {
                let at = b.at.map(|at| format!(" of {}", at.format("%F %T UTC"))).unwrap_or_default();
                format!("{slug}: entry {}{at} {}", b.seq, b.words)
            }
        })
        .collect();
    out.result(&json!({"chains": chains}), &lines.join("\n"));
    match walks.iter().filter(|(_, walk)| walk.broken.is_some()).count() {
        0 => Ok(()),
        n => Err(Failure::failed(format!(
            "{n} of {} chains are broken: keep the database as it is, and compare with a backup",
            walks.len()
        ))),
    }
}
