//! Telling people of a new sale. Running twice tells once: the outbox has one message an order and recipient.

use db::orders::OrderDetail;
use db::orders::place::NEWS_FOR;
use db::outbox::{self, NewMail};
use db::platform::Platform;
use db::{Access, DataError, Db};
use domain::ids::{OrderId, TenantId, Uuid};
use domain::money::Money;
use domain::orders::{OrderKind, OrderStatus};
use domain::permission::Permission;
use domain::settings::Setting;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::context::Running;
use crate::mail::{self, Column, Letter, Mailer, Part, Report, send_all, why};
use crate::outcome::{JobError, Outcome};

/// Items that a message lists.
const MOST_ITEMS: usize = 50;

/// New sales of one store.
#[derive(Debug, Deserialize)]
struct About {
    orders: Vec<OrderId>,
}

/// Tells whoever wants to hear of the store's new sales of this one, unless it is a return, cancelled, older than a day,
/// or its tenant is suspended. What cannot be sent at once stays in the outbox.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn notify(db: &Db, mailer: &Mailer, tenant: TenantId, order: OrderId) -> Result<Report, DataError> {
    let ids = put(db, mailer, tenant, order).await?;
    send_all(db, mailer, tenant, &ids).await
}

/// The same for several orders; how many messages there are. They are sent all at once, so that a mail server that is away
/// is waited for once.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn notify_all(
    db: &Db,
    mailer: &Mailer,
    tenant: TenantId,
    orders: &[OrderId],
    stop: &CancellationToken,
) -> Result<usize, DataError> {
    let mut messages = 0;
    for order in orders {
        messages += put(db, mailer, tenant, *order).await?.len();
    }
    if messages > 0 {
        mail::send_due(db, mailer, stop).await?;
    }
    Ok(messages)
}

/// The job `notify_orders`: tells of new sales. Twice is safe: the outbox has one message an order and recipient.
pub(crate) async fn notify_job(job: Running) -> Result<Outcome, JobError> {
    let About { orders } = job.payload()?;
    let messages = notify_all(&job.db, &job.tools.mailer, job.tenant, &orders, &job.stop).await?;
    job.log.info(format!("{messages} emails about {} orders", orders.len()));
    Ok(Outcome::Done)
}

// Puts the messages about an order into the outbox.
async fn put(db: &Db, mailer: &Mailer, tenant: TenantId, order: OrderId) -> Result<Vec<Uuid>, DataError> {
    let Some(slug) = Platform::command(db.clone()).open_tenant(tenant).await? else { return Ok(Vec::new()) };
    let scope = Access::job(db.clone(), tenant).scope(Permission::ReadOrders)?;
    let order = match db::orders::show::by_id(&scope, order).await {
        Err(DataError::NotFound(_)) => return Ok(Vec::new()),
        found => found?,
    };
    let row = &order.order;
    let is_news =
        row.kind == OrderKind::Sale && row.status == OrderStatus::Open && row.placed_at >= scope.now() - NEWS_FOR;
    if !is_news {
        return Ok(Vec::new());
    }
    let tx = scope.begin().await?;
    let recipients = db::settings::recipients(&tx, row.store_id, Setting::NotifyOrders).await?;
    let total = Money::new(row.total, row.currency);
    let letter = letter(&order, mailer.link(&domain::link::order(&slug, &row.store, &row.number)));
    let body = serde_json::to_value(letter).unwrap_or_default();
    let mail = |address: &String| NewMail {
        key: format!("order:{}:{address}", row.id),
        kind: "order",
        recipient: address.clone(),
        subject: format!("Order {} at {}: {total}", row.number, order.store_name),
        body: body.clone(),
    };
    let mails: Vec<NewMail> = recipients.addresses().iter().map(mail).collect();
    let ids = outbox::put(&tx, &mails).await?;
    tx.commit().await?;
    Ok(ids)
}

fn letter(order: &OrderDetail, link: String) -> Letter {
    let row = &order.order;
    let money = |minor: i64| Money::new(minor, row.currency).to_string();
    let placed = row.placed_at.with_timezone(&order.zone).format("%-d %B %Y, %H:%M");
    let who = row.customer.as_ref().and_then(|c| c.name.clone().or_else(|| c.email.clone()));
    let by = who.map(|who| format!(" by {who}")).unwrap_or_default();
    let items = order.items.iter().take(MOST_ITEMS);
    let rows = items.map(|item| vec![item.title.clone(), item.quantity.to_string(), money(item.amount)]).collect();
    let mut parts = vec![
        Part::Words(format!("Placed{by} on {placed} ({}).", order.zone)),
        Part::Table {
            caption: "Items".into(),
            columns: vec![Column::words("Item"), Column::number("Quantity"), Column::number("Amount")],
            rows,
        },
    ];
    if let Some(more @ 1..) = order.items.len().checked_sub(MOST_ITEMS) {
        parts.push(Part::Words(format!("and {more} more")));
    }
    let sums = [
        ("Gross sales", order.gross),
        ("Discounts", -order.discounts),
        ("Shipping", order.shipping),
        ("Tax", order.tax),
        ("Fees", order.fees),
    ];
    let mut rows: Vec<Vec<String>> = sums
        .into_iter()
        .filter(|(name, minor)| *minor != 0 || *name == "Gross sales")
        .map(|(name, minor)| vec![name.to_owned(), money(minor)])
        .collect();
    rows.push(vec!["Total".into(), money(row.total)]);
    parts.push(Part::Table { caption: "Sum".into(), columns: vec![Column::words(""), Column::number("Amount")], rows });
    Letter {
        heading: format!("Order {} at {}", row.number, order.store_name),
        parts,
        link: Some(("Open order".into(), link)),
        footer: why(&order.store_name, Setting::NotifyOrders),
    }
}
