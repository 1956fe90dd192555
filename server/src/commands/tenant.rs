//! `stoa tenant`.

use clap::Subcommand;
use db::DataError;
use db::platform::Platform;
use serde_json::json;

use super::arguments::{slug, words};
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
    },
    /// Open a suspended tenant again.
    Resume {
        /// Which one.
        slug: String,
    },
}

impl Command {
    pub async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let platform = Platform::command(connect::database(config).await?);
        match self {
            Self::Create { slug, name, tier } => create(&platform, &slug, &name, &tier, out).await,
            Self::Suspend { slug, reason } => {
                let changed = platform.suspend(&slug, &reason).await.map_err(|e| absent(e, &slug))?;
                let text = if changed { "is suspended" } else { "was suspended already" };
                out.result(
                    &json!({"slug": slug, "suspended": true, "changed": changed}),
                    &format!("tenant {slug} {text}"),
                );
                Ok(())
            }
            Self::Resume { slug } => {
                let changed = platform.resume(&slug).await.map_err(|e| absent(e, &slug))?;
                let text = if changed { "is open again" } else { "was not suspended" };
                out.result(
                    &json!({"slug": slug, "suspended": false, "changed": changed}),
                    &format!("tenant {slug} {text}"),
                );
                Ok(())
            }
        }
    }
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
