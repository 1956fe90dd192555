//! `stoa api-key`.

use clap::Subcommand;
use db::{DataError, api_keys, stores};
use domain::permission::{KeyScope, Permission};
use serde_json::json;

use super::arguments::key_scope;
use super::connect;
use super::failure::Failure;
use super::output::Output;
use crate::config::Config;

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a key and print it: the only time that it can be read.
    Create {
        /// The tenant whose data it opens.
        #[arg(long)]
        tenant: String,
        /// The only store that it opens; all without.
        #[arg(long)]
        store: Option<String>,
        /// What it may do, such as orders:read,orders:write.
        #[arg(long, value_delimiter = ',', required = true, value_parser = key_scope)]
        scopes: Vec<KeyScope>,
    },
}

impl Command {
    pub async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let Self::Create { tenant, store, scopes } = self;
        let db = connect::database(config).await?;
        let scope = connect::tenant(&db, &tenant).await?.scope(Permission::ManageKeys)?;
        let store_id = match &store {
            None => None,
            Some(slug) => {
                let tx = scope.begin().await?;
                let found = stores::by_slug(&tx, slug).await;
                tx.commit().await?;
                Some(found.map_err(|e| absent(e, &tenant, slug))?.id)
            }
        };
        let key = api_keys::create(&scope, &scopes, store_id).await?;
        let names: Vec<&str> = scopes.iter().map(|s| s.as_str()).collect();
        let json = json!({"key": key, "tenant": tenant, "store": store, "scopes": names});
        out.essence(&json, &format!("key for {} of tenant {tenant}, shown only now:", names.join(", ")), &key);
        Ok(())
    }
}

fn absent(error: DataError, tenant: &str, store: &str) -> Failure {
    match error {
        DataError::NotFound(_) => Failure::failed(format!(
            "tenant {tenant} has no store '{store}'; make it with: stoa store create --tenant {tenant} --slug {store} --name N --time-zone Z --currency C"
        )),
        other => other.into(),
    }
}
