//! `stoa store`.

use clap::{Args, Subcommand};
use db::DataError;
use db::stores::{self, NewStore};
use domain::permission::Permission;
use domain::settings::{Recipients, Setting};
use serde_json::json;

use super::arguments::{currency, known_slug, recipients, slug, time_zone, words};
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
    /// Say who gets mail about a store. Addresses with commas between them; an empty text ends it.
    Set(Set),
    /// Say how many pieces of a SKU are on the shelf now; from here on sales reduce the number.
    Stock(Stock),
}

/// Who gets mail about a store.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Mailing {
    /// Those to tell of each new order.
    #[arg(long, value_parser = recipients)]
    notify: Option<Recipients>,
    /// Those to send yesterday's figures each morning at seven of the store's clock.
    #[arg(long, value_parser = recipients)]
    daily_summary: Option<Recipients>,
    /// Those to tell when a product runs low.
    #[arg(long, value_parser = recipients)]
    stock_alerts: Option<Recipients>,
}

/// Changes settings of a store.
#[derive(Debug, Args)]
pub struct Set {
    /// The tenant that owns it.
    #[arg(long)]
    tenant: String,
    /// Its name in addresses.
    #[arg(long, value_parser = known_slug)]
    store: String,
    #[command(flatten)]
    mailing: Mailing,
}

/// Counts a SKU.
#[derive(Debug, Args)]
pub struct Stock {
    /// The tenant that owns it.
    #[arg(long)]
    tenant: String,
    /// The store's name in addresses.
    #[arg(long, value_parser = known_slug)]
    store: String,
    /// What was counted.
    #[arg(long)]
    sku: String,
    /// How many there are.
    #[arg(long)]
    quantity: i64,
    /// At how many left somebody wants to know.
    #[arg(long, default_value_t = 0)]
    threshold: i64,
}

impl Command {
    pub async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let (tenant, slug, name, time_zone, currency) = match self {
            Self::Create { tenant, slug, name, time_zone, currency } => (tenant, slug, name, time_zone, currency),
            Self::Set(set) => return set.run(config, out).await,
            Self::Stock(stock) => return stock.run(config, out).await,
        };
        let db = connect::database(config).await?;
        let scope = connect::tenant(&db, &tenant).await?.scope(Permission::ManageStores)?;
        let new = NewStore { slug: &slug, name: &name, time_zone: &time_zone, currency: &currency };
        let id = stores::create(&scope, new).await?;
        let json = json!({"id": id, "tenant": tenant, "slug": slug, "name": name, "time_zone": time_zone, "currency": currency});
        out.result(&json, &format!("store {slug} of tenant {tenant} made"));
        Ok(())
    }
}

impl Set {
    async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let Self { tenant, store, mailing: Mailing { notify, daily_summary, stock_alerts } } = self;
        let db = connect::database(config).await?;
        let scope = connect::tenant(&db, &tenant).await?.scope(Permission::ManageStores)?;
        let wanted = [
            (Setting::NotifyOrders, notify),
            (Setting::DailySummary, daily_summary),
            (Setting::StockAlerts, stock_alerts),
        ];
        let mut done = serde_json::Map::new();
        for (setting, to) in wanted.into_iter().filter_map(|(setting, to)| Some((setting, to?))) {
            let set = db::settings::set_recipients(&scope, &store, setting, &to).await;
            set.map_err(|error| missing(error, &tenant, &store))?;
            done.insert(setting.as_str().to_owned(), json!(to.addresses()));
        }
        let words: Vec<String> = done.iter().map(|(name, to)| format!("{name} {to}")).collect();
        out.result(&json!({"tenant": tenant, "store": store, "settings": done}), &words.join("\n"));
        Ok(())
    }
}

impl Stock {
    async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let Self { tenant, store, sku, quantity, threshold } = self;
        let db = connect::database(config).await?;
        let scope = connect::tenant(&db, &tenant).await?.scope(Permission::ManageStores)?;
        let set = db::stock::set(&scope, &store, &sku, quantity, threshold).await;
        set.map_err(|error| match error {
            DataError::NotFound("SKU") => {
                Failure::failed(format!("store {store} never sold '{sku}'; a SKU is known from its first order on"))
            }
            other => missing(other, &tenant, &store),
        })?;
        let json = json!({"tenant": tenant, "store": store, "sku": sku, "quantity": quantity, "threshold": threshold});
        out.result(&json, &format!("{quantity} pieces of {sku}"));
        Ok(())
    }
}

fn missing(error: DataError, tenant: &str, store: &str) -> Failure {
    match error {
        DataError::NotFound("store") => Failure::failed(format!(
            "tenant {tenant} has no store '{store}'; make it with: stoa store create --tenant {tenant} --slug {store}"
        )),
        other => other.into(),
    }
}
