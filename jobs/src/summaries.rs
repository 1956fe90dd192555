//! The daily summary: yesterday's figures of a store, each morning at seven of its own clock. They are those of the
//! dashboard of that day, read by the same query. Running twice sends once: the schedule notes the last day in the
//! transaction that puts the message into the outbox, where it has one place a store, day and recipient.

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use db::dashboards::{CurrencyPart, Dashboard, DashboardQuery, TopProduct, dashboard};
use db::outbox::{self, NewMail};
use db::platform::Platform;
use db::stores::Store;
use db::{Access, DataError, Db, Scope};
use domain::calendar::days_before;
use domain::change::{Change, Direction};
use domain::ids::{StoreId, TenantId, Uuid};
use domain::money::Money;
use domain::orders::Figures;
use domain::period::{Comparison, Period};
use domain::permission::Permission;
use domain::settings::Setting;
use tokio_util::sync::CancellationToken;

use crate::context::Running;
use crate::mail::{self, Column, Letter, Mailer, Part, send_all, why};
use crate::outcome::{JobError, Outcome};

const AT_ONCE: u64 = 50;
const WEEK: u64 = 7;
/// When a store's summary failed, so that it does not stand in the way of others.
const PUT_OFF: TimeDelta = TimeDelta::minutes(15);
/// A suspended tenant is looked at again so much later.
const SUSPENDED: TimeDelta = TimeDelta::days(1);
/// Products that a summary names of each currency.
const TOP: usize = 5;

/// Tells of every day that is due, of all tenants, until there is none or `stop`; how many stores were told.
///
/// # Errors
/// When PostgreSQL fails; a fault of one store only puts that one off.
pub async fn send_due(db: &Db, mailer: &Mailer, stop: &CancellationToken) -> Result<u64, DataError> {
    let platform = Platform::command(db.clone());
    let mut told = 0;
    while !stop.is_cancelled() {
        let due = db::summaries::due(&platform, db.clock().now(), AT_ONCE).await?;
        if due.is_empty() {
            break;
        }
        for (tenant, store) in due {
            match put(db, mailer, tenant, store).await {
                Ok(put) => told += u64::from(put.is_some()),
                Err(error) => {
                    tracing::error!(%tenant, %store, %error, "daily summary failed");
                    let until = db.clock().now() + PUT_OFF;
                    db::summaries::put_off(&platform, tenant, store, until).await?;
                }
            }
        }
        // All at once, so that a mail server that is away holds up nobody's figures.
        mail::send_due(db, mailer, stop).await?;
    }
    Ok(told)
}

/// Tells a store's recipients of the day that they were not told of yet; which day that was, if there was one. What
/// cannot be sent at once stays in the outbox.
///
/// # Errors
/// When PostgreSQL fails; then nobody was told.
pub async fn send_summary(
    db: &Db,
    mailer: &Mailer,
    tenant: TenantId,
    store: StoreId,
) -> Result<Option<NaiveDate>, DataError> {
    let Some((day, ids)) = put(db, mailer, tenant, store).await? else { return Ok(None) };
    send_all(db, mailer, tenant, &ids).await?;
    Ok(Some(day))
}

/// The job `send_summaries`: tells of the days that are due. Twice is safe: a store is told of a day in the transaction
/// that notes it.
pub(crate) async fn send_job(job: Running) -> Result<Outcome, JobError> {
    let told = send_due(&job.db, &job.tools.mailer, &job.stop).await?;
    job.log.info(format!("{told} summaries sent"));
    Ok(Outcome::Done)
}

// Puts the summary that is due into the outbox; its day and messages.
async fn put(
    db: &Db,
    mailer: &Mailer,
    tenant: TenantId,
    store: StoreId,
) -> Result<Option<(NaiveDate, Vec<Uuid>)>, DataError> {
    let platform = Platform::command(db.clone());
    let Some(slug) = platform.open_tenant(tenant).await? else {
        db::summaries::put_off(&platform, tenant, store, db.clock().now() + SUSPENDED).await?;
        return Ok(None);
    };
    let scope = Access::job(db.clone(), tenant).scope(Permission::ReadReports)?;
    let store = by_id(&scope, store).await?;
    let Some(day) = day_to_tell(&scope, &store).await? else { return Ok(None) };
    // Read before the schedule's row is locked: nobody waits for figures.
    let of_day = one_day(&scope, &store, day).await?;
    let week_before = one_day(&scope, &store, days_before(day, WEEK)).await?;
    let link = mailer.link(&domain::link::day(&slug, &store.slug, day));
    let body = letter(&store.name, day, &of_day, &week_before, link);
    let body = serde_json::to_value(body).unwrap_or_default();
    let tx = scope.begin().await?;
    if db::summaries::day_to_tell(&tx, &store).await? != Some(day) {
        // Somebody else told of it just now.
        return Ok(None);
    }
    let recipients = db::settings::recipients(&tx, store.id, Setting::DailySummary).await?;
    let mail = |address: &String| NewMail {
        key: format!("summary:{}:{day}:{address}", store.id),
        kind: "summary",
        recipient: address.clone(),
        subject: subject(&store.name, day, &of_day),
        body: body.clone(),
    };
    let mails: Vec<NewMail> = recipients.addresses().iter().map(mail).collect();
    let ids = outbox::put(&tx, &mails).await?;
    db::summaries::told(&tx, &store, Some(day)).await?;
    tx.commit().await?;
    Ok(Some((day, ids)))
}

async fn by_id(scope: &Scope, id: StoreId) -> Result<Store, DataError> {
    let tx = scope.begin().await?;
    let stores = db::stores::list(&tx).await?;
    tx.commit().await?;
    stores.into_iter().find(|s| s.id == id).ok_or(DataError::NotFound("store"))
}

// When nothing is due after all (the store's zone was changed, say), the schedule is set right.
async fn day_to_tell(scope: &Scope, store: &Store) -> Result<Option<NaiveDate>, DataError> {
    let tx = scope.begin().await?;
    let day = db::summaries::day_to_tell(&tx, store).await?;
    if day.is_none() {
        db::summaries::told(&tx, store, None).await?;
    }
    tx.commit().await?;
    Ok(day)
}

async fn one_day(scope: &Scope, store: &Store, day: NaiveDate) -> Result<Arc<Dashboard>, DataError> {
    let period = Some(Period { from: day, to: day });
    dashboard(scope, &DashboardQuery { store: Some(store.slug.clone()), period, compare: Comparison::None }).await
}

// The summary of `day` beside the same weekday of the week before.
fn letter(store: &str, day: NaiveDate, of_day: &Dashboard, week_before: &Dashboard, link: String) -> Letter {
    let mut parts: Vec<Part> = Vec::new();
    let other = |part: &CurrencyPart| {
        let found = week_before.currencies.iter().find(|p| p.currency == part.currency);
        found.map(|p| p.now).unwrap_or_default()
    };
    if of_day.currencies.is_empty() {
        parts.push(Part::Words("No sales and no returns.".into()));
    }
    for part in &of_day.currencies {
        parts.push(figures(part, other(part), week_before.period.from));
    }
    // A currency in which only the other day sold is told of as well.
    for part in week_before.currencies.iter().filter(|p| of_day.currencies.iter().all(|q| q.currency != p.currency)) {
        let nothing = CurrencyPart { now: Figures::default(), ..part.clone() };
        parts.push(figures(&nothing, part.now, week_before.period.from));
    }
    let several = of_day.top_products.iter().any(|p| p.currency != of_day.top_products[0].currency);
    for products in of_day.top_products.chunk_by(|a, b| a.currency == b.currency) {
        let row =
            |p: &TopProduct| vec![p.title.clone(), p.quantity.to_string(), Money::new(p.gross, p.currency).to_string()];
        parts.push(Part::Table {
            caption: if several { format!("Top products in {}", products[0].currency) } else { "Top products".into() },
            columns: vec![Column::words("Product"), Column::number("Qty"), Column::number("Gross sales")],
            rows: products.iter().take(TOP).map(row).collect(),
        });
    }
    Letter {
        heading: format!("{store} on {}", day.format("%A, %-d %B %Y")),
        parts,
        link: Some(("Open dashboard".into(), link)),
        footer: why(store, Setting::DailySummary),
    }
}

// What stands above a summary: the day and its net sales.
fn subject(store: &str, day: NaiveDate, of_day: &Dashboard) -> String {
    let net: Vec<String> = of_day.currencies.iter().map(|p| Money::new(p.now.net(), p.currency).to_string()).collect();
    let net = if net.is_empty() { "no sales".to_owned() } else { format!("{} net", net.join(" and ")) };
    format!("{store} on {}: {net}", day.format("%a %-d %b"))
}

fn figures(part: &CurrencyPart, before: Figures, other: NaiveDate) -> Part {
    let (now, currency) = (&part.now, part.currency);
    let money = |minor: i64| Money::new(minor, currency).to_string();
    let maybe = |minor: Option<i64>| minor.map_or_else(|| "none".to_owned(), money);
    let row = |name: &str, shown: [String; 2], values: [Option<i64>; 2]| {
        let [now, before] = shown;
        vec![name.to_owned(), now, before, change(values[0], values[1])]
    };
    let amount = |name: &str, now: i64, before: i64| row(name, [money(now), money(before)], [Some(now), Some(before)]);
    let count =
        |name: &str, now: i64, before: i64| row(name, [now.to_string(), before.to_string()], [Some(now), Some(before)]);
    let (average, average_before) = (now.average_order(), before.average_order());
    Part::Table {
        caption: format!("Sales in {currency}"),
        columns: vec![
            Column::words(""),
            Column::number("Day"),
            Column::number(&other.format("%a %-d %b").to_string()),
            Column::number("Change"),
        ],
        rows: vec![
            amount("Gross sales", now.gross, before.gross),
            amount("Discounts", now.discounts, before.discounts),
            amount("Returns", now.returns(), before.returns()),
            amount("Net sales", now.net(), before.net()),
            count("Orders", now.orders, before.orders),
            row("Average order value", [maybe(average), maybe(average_before)], [average, average_before]),
        ],
    }
}

fn change(now: Option<i64>, before: Option<i64>) -> String {
    let Change { direction, words } = Change::new(now, before);
    match direction {
        _ if words == "new" => words,
        Direction::Up => format!("up {words}"),
        Direction::Down => format!("down {words}"),
        Direction::Level => words,
    }
}
