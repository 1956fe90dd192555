//! `stoa tenant`.

use clap::{Args, Subcommand};
use db::DataError;
use db::platform::{MOST_GRACE_DAYS, Platform, TenantRow};
use serde_json::json;

use super::arguments::{slug, words};
use super::backup::agreed;
use super::connect;
use super::failure::Failure;
use super::output::Output;
use crate::config::Config;

const DEFAULT_TIER: &str = "standard";

/// What to do with tenants.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a tenant.
    Create {
        /// Its name in addresses.
        #[arg(long, value_parser = slug)]
        slug: String,
        /// Its name.
        #[arg(long, value_parser = words)]
        name: String,
        /// Its plan.
        #[arg(long, default_value = DEFAULT_TIER)]
        tier: String,
    },
    /// Close a tenant to its people and programs; nothing is deleted.
    Suspend {
        /// Which one.
        slug: String,
        /// Why; kept in the audit.
        #[arg(long, value_parser = words)]
        reason: String,
        /// Nothing is asked, because it can be taken back; here for scripts that always answer yes.
        #[arg(long)]
        yes: bool,
    },
    /// Open a suspended tenant again.
    Resume {
        /// Which one.
        slug: String,
        /// As above.
        #[arg(long)]
        yes: bool,
    },
    /// Close a tenant and have everything of it deleted when its time is over; saved once more first.
    Delete(Delete),
    /// Take a deletion back. The tenant stays suspended.
    Keep {
        /// Which one.
        slug: String,
    },
}

/// Deletes a tenant.
#[derive(Debug, Args)]
pub struct Delete {
    /// Which one.
    slug: String,
    /// Why; kept in the audit and told to its people.
    #[arg(long, value_parser = words, default_value = "asked for at the command line")]
    reason: String,
    /// Days in which it can be taken back; STOA_DELETE_GRACE_DAYS when not said.
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=i64::from(MOST_GRACE_DAYS)))]
    grace_days: Option<u32>,
    /// Answer yes.
    #[arg(long)]
    yes: bool,
}

impl Command {
    pub async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let platform = Platform::command(connect::database(config).await?);
        match self {
            Self::Create { slug, name, tier } => create(&platform, &slug, &name, &tier, out).await,
            Self::Suspend { slug, reason, yes: _ } => {
                let changed = platform.suspend(&slug, &reason).await.map_err(|e| absent(e, &slug))?;
                let text = if changed { "is suspended" } else { "was suspended already" };
                out.result(
                    &json!({"slug": slug, "suspended": true, "changed": changed}),
                    &format!("tenant {slug} {text}"),
                );
                Ok(())
            }
            Self::Resume { slug, yes: _ } => {
                let changed = platform.resume(&slug).await.map_err(|e| absent(e, &slug))?;
                let text = if changed { "is open again" } else { "was not suspended" };
                out.result(
                    &json!({"slug": slug, "suspended": false, "changed": changed}),
                    &format!("tenant {slug} {text}"),
                );
                Ok(())
            }
            Self::Delete(delete) => delete.run(&platform, config, out).await,
            Self::Keep { slug } => {
                let changed = platform.stay(&slug).await.map_err(|e| absent(e, &slug))?;
                let text =
                    if changed { "stays; open it again with: stoa tenant resume" } else { "was not to be deleted" };
                out.result(&json!({"slug": slug, "changed": changed}), &format!("tenant {slug} {text}"));
                Ok(())
            }
        }
    }
}

impl Delete {
    async fn run(self, platform: &Platform, config: &Config, out: Output) -> Result<(), Failure> {
        let Self { slug, reason, grace_days, yes } = self;
        let tenant = platform.tenant(&slug).await.map_err(|e| absent(e, &slug))?;
        let days = grace_days.unwrap_or(config.delete_grace_days);
        let figures = platform.figures(&[tenant.id]).await?.remove(&tenant.id).unwrap_or_default();
        let end = platform.db().clock().now() + chrono::TimeDelta::days(i64::from(days));
        let end = end.format("%F %T UTC").to_string();
        let plan = app::pages::platform::tenants::plan(&tenant, &figures, days, &end, config.backups.days);
        agreed(&plan.join("\n"), "Delete the tenant?", yes)?;
        let after = leave(platform, config, &tenant, &reason, days).await?;
        let text = format!(
            "tenant {slug} is closed; a worker saves it once more and deletes it after {}. Until then: stoa tenant keep {slug}",
            after.format("%F %T UTC")
        );
        out.result(&json!({"slug": slug, "delete_after": after}), &text);
        Ok(())
    }
}

// Sooner than the database lets the program's own role: then its owner says so, whose address this command is given.
async fn leave(
    platform: &Platform,
    config: &Config,
    tenant: &TenantRow,
    reason: &str,
    days: u32,
) -> Result<chrono::DateTime<chrono::Utc>, Failure> {
    let fewest = platform.fewest_days().await?;
    if days >= fewest {
        return Ok(platform.leave(&tenant.slug, reason, days).await?);
    }
    if config.backups.owner_url.is_none() {
        return Err(Failure::failed(format!(
            "the database deletes a tenant after {fewest} days at the earliest; set MIGRATION_DATABASE_URL to delete it sooner"
        )));
    }
    let later = platform.leave(&tenant.slug, reason, fewest).await?;
    let sooner = db::platform::hasten(&config.database.migration_url, tenant.id, days).await?;
    Ok(sooner.unwrap_or(later))
}

async fn create(platform: &Platform, slug: &str, name: &str, tier: &str, out: Output) -> Result<(), Failure> {
    platform.ensure_tier(DEFAULT_TIER, "Standard", json!({})).await?;
    let id = platform.create_tenant(slug, name, tier).await?;
    let next = format!(
        "tenant {slug} made; next: stoa store create --tenant {slug} --slug S --name N --time-zone Z --currency C"
    );
    out.result(&json!({"id": id, "slug": slug, "name": name, "tier": tier}), &next);
    Ok(())
}

fn absent(error: DataError, slug: &str) -> Failure {
    match error {
        DataError::NotFound(_) => Failure::failed(format!("there is no tenant '{slug}'")),
        other => other.into(),
    }
}
