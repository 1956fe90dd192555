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

/// Manage stores.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a store.
    Create {
        /// The tenant that owns the store.
        #[arg(long)]
        tenant: String,
        /// The slug, used in URLs and by the API.
        #[arg(long, value_parser = slug)]
        slug: String,
        /// The name.
        #[arg(long, value_parser = words)]
        name: String,
        /// The IANA time zone, such as Europe/London.
        #[arg(long, value_parser = time_zone)]
        time_zone: String,
        /// The default currency, such as GBP.
        #[arg(long, value_parser = currency)]
        currency: String,
    },
    /// Set who receives emails of a store. Separate addresses with commas. An empty value stops the emails.
    Set(Set),
    /// Set the quantity in stock of a SKU. New sales reduce it.
    Stock(Stock),
}

/// Who gets mail about a store.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Mailing {
    /// Recipients of an email for each new order.
    #[arg(long, value_parser = recipients)]
    notify: Option<Recipients>,
    /// Recipients of the daily summary.
    #[arg(long, value_parser = recipients)]
    daily_summary: Option<Recipients>,
    /// Recipients of low stock emails.
    #[arg(long, value_parser = recipients)]
    stock_alerts: Option<Recipients>,
}

/// Changes settings of a store.
#[derive(Debug, Args)]
pub struct Set {
    /// The tenant that owns the store.
    #[arg(long)]
    tenant: String,
    /// The slug of the store.
    #[arg(long, value_parser = known_slug)]
    store: String,
    #[command(flatten)]
    mailing: Mailing,
}

/// Counts a SKU.
#[derive(Debug, Args)]
pub struct Stock {
    /// The tenant that owns the store.
    #[arg(long)]
    tenant: String,
    /// The slug of the store.
    #[arg(long, value_parser = known_slug)]
    store: String,
    /// The SKU.
    #[arg(long)]
    sku: String,
    /// The quantity in stock.
    #[arg(long)]
    quantity: i64,
    /// Notify at or below this quantity.
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
        out.result(&json, &format!("store {slug} of tenant {tenant} created"));
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
                Failure::failed(format!("store {store} has no orders with the SKU '{sku}' yet"))
            }
            other => missing(other, &tenant, &store),
        })?;
        let json = json!({"tenant": tenant, "store": store, "sku": sku, "quantity": quantity, "threshold": threshold});
        out.result(&json, &format!("{sku}: {quantity} in stock"));
        Ok(())
    }
}

fn missing(error: DataError, tenant: &str, store: &str) -> Failure {
    match error {
        DataError::NotFound("store") => Failure::failed(format!(
            "tenant {tenant} has no store '{store}'; create it with: stoa store create --tenant {tenant} --slug \
             {store}"
        )),
        other => other.into(),
    }
}
