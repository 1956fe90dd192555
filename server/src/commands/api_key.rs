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

/// Manage API keys.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create an API key and print it. It is shown only once.
    Create {
        /// The tenant that the key can access.
        #[arg(long)]
        tenant: String,
        /// Limit the key to this store. Default: all stores.
        #[arg(long)]
        store: Option<String>,
        /// The scopes of the key, such as orders:read,orders:write.
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
        out.essence(&json, &format!("API key for {} of tenant {tenant}, shown only once:", names.join(", ")), &key);
        Ok(())
    }
}

fn absent(error: DataError, tenant: &str, store: &str) -> Failure {
    match error {
        DataError::NotFound(_) => Failure::failed(format!(
            "tenant {tenant} has no store '{store}'; create it with: stoa store create --tenant {tenant} --slug \
             {store} --name N --time-zone Z --currency C"
        )),
        other => other.into(),
    }
}
