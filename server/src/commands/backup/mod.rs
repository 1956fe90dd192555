//! `stoa backup`: made, listed, read back, brought back, pruned. What destroys something prints its plan and asks.

mod create;
mod list;
mod prune;
mod restore;
mod verify;

use std::io::{self, IsTerminal, Write};

use clap::Subcommand;
use db::backups::Place;
use db::platform::Platform;
use db::{DataError, Db};
use domain::backups::Kind;
use domain::ids::BackupId;
use jobs::backups::{BackupError, Backups};

use super::connect;
use super::failure::Failure;
use super::output::{Output, to_stderr};
use crate::config::Config;

/// Manage backups.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create and verify a backup.
    Create {
        /// The kind: full, database or files. Default: full, or database with --tenant.
        #[arg(long, value_parser = str::parse::<Kind>)]
        kind: Option<Kind>,
        /// Back up this tenant.
        #[arg(long)]
        tenant: Option<String>,
    },
    /// List backups, newest first, with all problems.
    List {
        /// List backups of this tenant only.
        #[arg(long)]
        tenant: Option<String>,
        /// List backups of this kind only.
        #[arg(long, value_parser = str::parse::<Kind>)]
        kind: Option<Kind>,
    },
    /// Verify a backup: restore it into a scratch database and compare.
    Verify {
        /// The ID of the backup.
        id: BackupId,
    },
    /// Restore a backup. Shows its plan and asks.
    Restore {
        /// The ID of the backup.
        id: BackupId,
        /// The tenant of the backup, as a check against mistakes.
        #[arg(long)]
        tenant: Option<String>,
        /// Restore only these tables of a tenant, separated by commas.
        #[arg(long, value_delimiter = ',')]
        tables: Vec<String>,
        /// Confirm without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Print the backup encryption key in age format. Store a copy outside of this server.
    Key,
    /// Remove expired backups and the remains of interrupted ones.
    Prune {
        /// Show which backups would be removed.
        #[arg(long)]
        dry_run: bool,
        /// Confirm without asking.
        #[arg(long)]
        yes: bool,
    },
}

impl Command {
    pub async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        if matches!(self, Self::Key) {
            return key(config, out);
        }
        if matches!(self, Self::Create { .. }) {
            crate::backups::ensure_key(config).map_err(Failure::failed)?;
        }
        let db = connect::database(config).await?;
        let backups = crate::backups::assemble(config, db.clone()).map_err(Failure::failed)?;
        match self {
            Self::Create { kind, tenant } => create::run(&backups, kind, tenant.as_deref(), out).await,
            Self::Key => Ok(()),
            Self::List { tenant, kind } => list::run(&backups, tenant.as_deref(), kind, out).await,
            Self::Verify { id } => verify::run(&backups, id, out).await,
            Self::Restore { id, tenant, tables, yes } => {
                restore::run(&backups, id, tenant.as_deref(), &tables, yes, out).await
            }
            Self::Prune { dry_run, yes } => prune::run(&backups, dry_run, yes, out).await,
        }
    }
}

fn key(config: &Config, out: Output) -> Result<(), Failure> {
    let key = crate::backups::own_key(config).map_err(Failure::failed)?.ok_or_else(|| {
        Failure::failed("there is no backup key: STOA_SECRET is not set, or backups use another encryption")
    })?;
    let recipient = key.recipient().map_err(Failure::failed)?.to_string();
    out.result(&serde_json::json!({"recipient": recipient, "identity": key.text()}), key.text().trim_end());
    Ok(())
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Data(error) => error.into(),
            other => Self::failed(other),
        }
    }
}

// Whose backup it is; in words when there is none.
async fn place(backups: &Backups, id: BackupId) -> Result<Option<Place>, Failure> {
    match db::backups::owner_of(&Platform::command(backups.db.clone()), id).await {
        Ok(tenant) => Ok(Some(Place::for_command(&backups.db, tenant)?)),
        Err(DataError::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn tenant_place(db: &Db, slug: &str) -> Result<Place, Failure> {
    let access = connect::tenant(db, slug).await?;
    Ok(Place::Tenant(access.scope(domain::permission::Permission::ManageBackups)?))
}

fn absent(id: BackupId) -> Failure {
    Failure::failed(format!("there is no backup {id}; list backups with: stoa backup list"))
}

// Says what would happen and asks; `--yes` answers.
pub(super) fn agreed(plan: &str, question: &str, yes: bool) -> Result<(), Failure> {
    to_stderr(plan);
    if yes {
        return Ok(());
    }
    let mut stdin = io::stdin().lock();
    if !stdin.is_terminal() {
        return Err(Failure::misused("no changes were made; to confirm without a terminal, add --yes"));
    }
    let _asked = write!(io::stderr().lock(), "{question} [y/N] ");
    let mut answer = String::new();
    io::BufRead::read_line(&mut stdin, &mut answer)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") { Ok(()) } else { Err(Failure::failed("no changes were made")) }
}
