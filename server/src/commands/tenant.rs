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

/// Manage tenants.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a tenant.
    Create {
        /// The slug, used in URLs.
        #[arg(long, value_parser = slug)]
        slug: String,
        /// The name.
        #[arg(long, value_parser = words)]
        name: String,
        /// The tier.
        #[arg(long, default_value = DEFAULT_TIER)]
        tier: String,
    },
    /// Block access for members and programs. No data is deleted.
    Suspend {
        /// The slug of the tenant.
        slug: String,
        /// The reason, recorded in the audit log.
        #[arg(long, value_parser = words)]
        reason: String,
        /// Accepted for scripts. This command does not ask, because you can undo it.
        #[arg(long)]
        yes: bool,
    },
    /// Resume a suspended tenant.
    Resume {
        /// The slug of the tenant.
        slug: String,
        /// Accepted for scripts. This command does not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Block access to a tenant, back it up, and delete all its data after the grace period.
    Delete(Delete),
    /// Cancel a scheduled deletion. The tenant stays suspended.
    Keep {
        /// The slug of the tenant.
        slug: String,
    },
}

/// Deletes a tenant.
#[derive(Debug, Args)]
pub struct Delete {
    /// The slug of the tenant.
    slug: String,
    /// The reason, recorded in the audit log and shown to members.
    #[arg(long, value_parser = words, default_value = "requested on the command line")]
    reason: String,
    /// Grace period in days, in which you can cancel the deletion. Default: STOA_DELETE_GRACE_DAYS.
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=i64::from(MOST_GRACE_DAYS)))]
    grace_days: Option<u32>,
    /// Confirm without asking.
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
                let text = if changed { "suspended" } else { "was already suspended" };
                out.result(
                    &json!({"slug": slug, "suspended": true, "changed": changed}),
                    &format!("tenant {slug} {text}"),
                );
                Ok(())
            }
            Self::Resume { slug, yes: _ } => {
                let changed = platform.resume(&slug).await.map_err(|e| absent(e, &slug))?;
                let text = if changed { "resumed" } else { "was not suspended" };
                out.result(
                    &json!({"slug": slug, "suspended": false, "changed": changed}),
                    &format!("tenant {slug} {text}"),
                );
                Ok(())
            }
            Self::Delete(delete) => delete.run(&platform, config, out).await,
            Self::Keep { slug } => {
                let changed = platform.stay(&slug).await.map_err(|e| absent(e, &slug))?;
                let text = if changed {
                    "deletion cancelled; to reopen it, run: stoa tenant resume"
                } else {
                    "was not \
                        scheduled for deletion"
                };
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
            "tenant {slug} closed; a worker backs it up and deletes it after {}. To cancel the deletion, run: stoa \
             tenant keep {slug}",
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
            "the database deletes a tenant after {fewest} days at the earliest; to delete it sooner, set \
             MIGRATION_DATABASE_URL"
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
        "tenant {slug} created; next: stoa store create --tenant {slug} --slug S --name N --time-zone Z --currency C"
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
