//! Making and sending what is due. Running twice sends once: the schedule notes the last day in the transaction that
//! puts the message into the outbox, where it has one place a store, day and recipient.

use chrono::{NaiveDate, TimeDelta};
use db::dashboards::{DashboardQuery, dashboard};
use db::outbox::{self, NewMail};
use db::platform::Platform;
use db::stores::Store;
use db::{Access, DataError, Db, Scope};
use domain::calendar::days_before;
use domain::ids::{StoreId, TenantId, Uuid};
use domain::period::{Comparison, Period};
use domain::permission::Permission;
use domain::settings::Setting;
use tokio_util::sync::CancellationToken;

use super::letter::{letter, subject};
use crate::mail::{self, Mailer, send_all};

const AT_ONCE: u64 = 50;
const WEEK: u64 = 7;
/// When a store's summary failed, so that it does not stand in the way of others.
const PUT_OFF: TimeDelta = TimeDelta::minutes(15);
/// A suspended tenant is looked at again so much later.
const SUSPENDED: TimeDelta = TimeDelta::days(1);

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

async fn one_day(
    scope: &Scope,
    store: &Store,
    day: NaiveDate,
) -> Result<std::sync::Arc<db::dashboards::Dashboard>, DataError> {
    let period = Some(Period { from: day, to: day });
    dashboard(scope, &DashboardQuery { store: Some(store.slug.clone()), period, compare: Comparison::None }).await
}
