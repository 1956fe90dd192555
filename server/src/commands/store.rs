//! `stoa store`.

use clap::Subcommand;
use db::stores::{self, NewStore};
use domain::permission::Permission;
use serde_json::json;

use super::arguments::{currency, slug, time_zone, words};
use super::connect;
use super::failure::Failure;
use super::output::Output;
use crate::config::Config;

/// What to do with stores.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a store.
    Create {
        /// The tenant that owns it.
        #[arg(long)]
        tenant: String,
        /// Its name in addresses.
        #[arg(long, value_parser = slug)]
        slug: String,
        /// Its name.
        #[arg(long, value_parser = words)]
        name: String,
        /// The zone of its days, such as Europe/London.
        #[arg(long, value_parser = time_zone)]
        time_zone: String,
        /// What it sells in, such as GBP.
        #[arg(long, value_parser = currency)]
        currency: String,
    },
}

impl Command {
    pub async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let Self::Create { tenant, slug, name, time_zone, currency } = self;
        let db = connect::database(config).await?;
        let scope = connect::tenant(&db, &tenant).await?.scope(Permission::ManageStores)?;
        let new = NewStore { slug: &slug, name: &name, time_zone: &time_zone, currency: &currency };
        let id = stores::create(&scope, new).await?;
        let json = json!({"id": id, "tenant": tenant, "slug": slug, "name": name, "time_zone": time_zone, "currency": currency});
        out.result(&json, &format!("store {slug} of tenant {tenant} made"));
        Ok(())
    }
}
