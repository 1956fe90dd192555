//! `stoa rollups`: do the maintained figures agree with the orders, and if not, make them.

use clap::{Args, Subcommand};
use db::platform::Platform;
use db::rollups::{self, Difference};
use db::{Db, Scope};
use domain::permission::Permission;
use serde_json::{Value, json};

use super::connect;
use super::failure::Failure;
use super::output::Output;
use crate::config::Config;

const ALL: u64 = 1_000_000;

/// Verify or rebuild sales figures.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compare the figures with a recount of the orders. Fails if they differ, and changes no data.
    Verify(Of),
    /// Replace the figures with a recount of the orders.
    Rebuild(Of),
}

/// Whose.
#[derive(Debug, Args)]
pub struct Of {
    /// This tenant only. Default: all tenants.
    #[arg(long)]
    tenant: Option<String>,
}

impl Command {
    pub async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let db = connect::database(config).await?;
        match self {
            Self::Verify(of) => verify(of.scopes(&db).await?, out).await,
            Self::Rebuild(of) => rebuild(of.scopes(&db).await?, out).await,
        }
    }
}

impl Of {
    async fn scopes(self, db: &Db) -> Result<Vec<(String, Scope)>, Failure> {
        let slugs = match self.tenant {
            Some(slug) => vec![slug],
            None => Platform::command(db.clone()).tenants(ALL).await?.into_iter().map(|t| t.slug).collect(),
        };
        let mut scopes = Vec::with_capacity(slugs.len());
        for slug in slugs {
            let scope = connect::tenant(db, &slug).await?.scope(Permission::ReadReports)?;
            scopes.push((slug, scope));
        }
        Ok(scopes)
    }
}

async fn verify(scopes: Vec<(String, Scope)>, out: Output) -> Result<(), Failure> {
    let mut found: Vec<Value> = Vec::new();
    let mut lines = vec![format!("{} tenants recounted", scopes.len())];
    for (slug, scope) in &scopes {
        for d in rollups::verify(scope).await? {
            let Difference { rollup, bucket, maintained, recounted } = d;
            lines.push(format!("{slug}: {rollup} {bucket} is {maintained}, should be {recounted}"));
            found.push(json!({"tenant": slug, "rollup": rollup, "bucket": bucket, "maintained": maintained, "recounted": recounted}));
        }
    }
    let count = found.len();
    out.result(&json!({"tenants": scopes.len(), "differences": found}), &lines.join("\n"));
    if count > 0 {
        return Err(Failure::failed(format!("{count} buckets differ; repair them with: stoa rollups rebuild")));
    }
    Ok(())
}

async fn rebuild(scopes: Vec<(String, Scope)>, out: Output) -> Result<(), Failure> {
    let mut buckets = 0;
    for (_, scope) in &scopes {
        buckets += rollups::rebuild(scope).await?;
    }
    let text = format!("{buckets} buckets of {} tenants recounted and replaced", scopes.len());
    out.result(&json!({"tenants": scopes.len(), "buckets": buckets}), &text);
    Ok(())
}
