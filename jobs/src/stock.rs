//! Telling people what ran low, once for each time a level falls to its threshold. Running twice tells once: a level is
//! marked as told of in the transaction that puts the message into the outbox.

use db::outbox::{self, NewMail};
use db::platform::Platform;
use db::stock::{self, Level};
use db::{Access, DataError, Db};
use domain::ids::{StoreId, TenantId};
use domain::permission::Permission;
use domain::settings::Setting;
use tokio_util::sync::CancellationToken;

use crate::context::Running;
use crate::mail::{self, Column, Letter, Mailer, Part, why};
use crate::outcome::{JobError, Outcome};

/// Stores looked at in one round.
const STORES: u64 = 200;
/// Variants that one message names; the rest follows in the next.
const LEVELS: u64 = 100;

/// Tells of all levels that fell to their threshold since the last time, store by store; how many levels.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn alert(db: &Db, mailer: &Mailer, stop: &CancellationToken) -> Result<u64, DataError> {
    let platform = Platform::command(db.clone());
    let mut told = 0;
    for (tenant, store) in stock::stores_running_low(&platform, STORES).await? {
        if stop.is_cancelled() {
            break;
        }
        if let Some(slug) = platform.open_tenant(tenant).await? {
            told += put(db, mailer, tenant, &slug, store).await?;
        }
    }
    if told > 0 {
        mail::send_due(db, mailer, stop).await?;
    }
    Ok(told)
}

/// The job `alert_stock`: tells what ran low. Twice is safe: a level is told of in the transaction that notes it.
pub(crate) async fn alert_job(job: Running) -> Result<Outcome, JobError> {
    let told = alert(&job.db, &job.tools.mailer, &job.stop).await?;
    job.log.info(format!("{told} low stock levels notified"));
    Ok(Outcome::Done)
}

// Puts what ran low in a store into the outbox; how many levels.
async fn put(db: &Db, mailer: &Mailer, tenant: TenantId, slug: &str, id: StoreId) -> Result<u64, DataError> {
    let scope = Access::job(db.clone(), tenant).scope(Permission::ReadOrders)?;
    let tx = scope.begin().await?;
    let store = db::stores::list(&tx).await?.into_iter().find(|s| s.id == id).ok_or(DataError::NotFound("store"))?;
    let recipients = db::settings::recipients(&tx, id, Setting::StockAlerts).await?;
    if recipients.is_empty() {
        return Ok(0);
    }
    let levels = stock::take_low(&tx, id, LEVELS).await?;
    let Some(first) = levels.first() else { return Ok(0) };
    // The levels of one message were taken at one moment, and each moment has one message.
    let key = format!("stock:{id}:{}:{}", scope.now().timestamp_micros(), first.variant());
    let link = mailer.link(&domain::link::orders_of(slug, &store.slug, &first.sku));
    let body = serde_json::to_value(letter(&store.name, &levels, link)).unwrap_or_default();
    let subject = match levels.as_slice() {
        [one] => format!("{}: {} is low in stock", store.name, one.sku),
        many => format!("{}: {} products are low in stock", store.name, many.len()),
    };
    let mail = |address: &String| NewMail {
        key: format!("{key}:{address}"),
        kind: "stock",
        recipient: address.clone(),
        subject: subject.clone(),
        body: body.clone(),
    };
    let mails: Vec<NewMail> = recipients.addresses().iter().map(mail).collect();
    outbox::put(&tx, &mails).await?;
    tx.commit().await?;
    Ok(u64::try_from(levels.len()).unwrap_or(u64::MAX))
}

fn letter(store: &str, levels: &[Level], link: String) -> Letter {
    let row = |l: &Level| vec![l.sku.clone(), l.title.clone(), l.quantity.to_string(), l.threshold.to_string()];
    let table = Part::Table {
        caption: "Stock levels".into(),
        columns: vec![
            Column::words("SKU"),
            Column::words("Product"),
            Column::number("In stock"),
            Column::number("Threshold"),
        ],
        rows: levels.iter().map(row).collect(),
    };
    let words =
        "Set the stock level again after a delivery. Stoa notifies you when a product falls to its threshold again.";
    Letter {
        heading: format!("Low stock at {store}"),
        parts: vec![table, Part::Words(words.into())],
        link: Some(("Open orders of the first product".into(), link)),
        footer: why(store, Setting::StockAlerts),
    }
}
