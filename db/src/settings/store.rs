//! Reading and changing everything that can be set for a store.

use std::sync::Arc;

use domain::feed::EventKind;
use domain::ids::StoreId;
use domain::settings::{Recipients, Setting, StoreCalendar, StoreSettings};
use domain::summaries;
use sea_orm::FromQueryResult;
use serde_json::{Map, Value, json};

use super::known::announce;
use super::recipients::write_recipients;
use crate::audit;
use crate::error::DataError;
use crate::feed::{self, NewEvent};
use crate::rollups;
use crate::scope::{Scope, Tx};
use crate::stores::{self, Store};

const YEAR_START: &str = "calendar.year_start";

#[derive(FromQueryResult)]
struct Row {
    name: String,
    time_zone: String,
    currency: String,
    week_start: i16,
    returns_on: String,
    values: Option<Value>,
}

/// The settings of a store of the scope's tenant, as this process knows them. Most of the time no statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn of_store(scope: &Scope, store: &Store) -> Result<Arc<StoreSettings>, DataError> {
    let reading = async {
        let tx = scope.begin().await?;
        let settings = read(&tx, store.id).await?;
        tx.end();
        Ok(settings)
    };
    scope.db().settings().of_store((scope.tenant(), store.id), Box::pin(reading)).await
}

/// Whether the store has any order: then the zone of its days is fixed.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn has_orders(scope: &Scope, store: StoreId) -> Result<bool, DataError> {
    let tx = scope.begin().await?;
    let found = ordered(&tx, store).await?;
    tx.end();
    Ok(found)
}

/// Changes the settings of the store called `slug` to what a form with `pairs` says, all or nothing. With the day on which
/// refunds count, all figures that have any follow.
///
/// # Errors
/// Every fault by its field, among them a zone that can no longer be changed; [`DataError::NotFound`] for a store that is
/// not the tenant's.
pub async fn change(scope: &Scope, slug: &str, pairs: &[(String, String)]) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let store = stores::by_slug(&tx, slug).await?;
    // Not `for update`: whoever holds the feed's head and opens a bucket of figures refers to the row meanwhile.
    tx.run("select from stores where tenant_id = $1 and id = $2 for no key update", [store.id.0.into()]).await?;
    let before = read(&tx, store.id).await?;
    let (after, mut faults) = before.changed(pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())));
    if after.zone != before.zone && ordered(&tx, store.id).await? {
        let words = "The time zone cannot be changed after the first order.";
        faults.add("time_zone", words);
    }
    let after = faults.into_result(after)?;
    if after == before {
        return Ok(());
    }
    write(&tx, &store, &before, &after).await?;
    audit::changed(&tx, "store.set", slug, before.recorded(), after.recorded()).await?;
    announce(&tx).await?;
    // Pages that are kept name stores and count by their calendar, so they must be drawn anew.
    let data = json!({"id": store.id, "store": store.slug});
    let mut events = vec![NewEvent { kind: EventKind::StoreChanged, store: Some(store.id), data }];
    let moved = after.returns_on != before.returns_on;
    events.extend(moved.then(|| NewEvent { kind: EventKind::FiguresRebuilt, store: Some(store.id), data: json!({}) }));
    feed::append(&tx, events).await?;
    // Behind the feed's head: every refund that was booked is seen, and none is being booked.
    if moved {
        rollups::replace_refunds(&tx, &Store { zone: after.zone, ..store.clone() }).await?;
    }
    tx.commit().await?;
    scope.db().stores().forget(scope.tenant()).await;
    scope.db().settings().forget(scope.tenant()).await;
    Ok(())
}

async fn ordered(tx: &Tx, store: StoreId) -> Result<bool, DataError> {
    let sql = "select exists (select from order_refs where tenant_id = $1 and store_id = $2)";
    Ok(tx.scalar(sql, [store.0.into()]).await?.unwrap_or(false))
}

async fn read(tx: &Tx, store: StoreId) -> Result<StoreSettings, DataError> {
    let sql = "select s.name, s.time_zone, s.currency, s.week_start, s.returns_on, (select jsonb_object_agg(v.name, v.value) from settings v where v.tenant_id = $1 and v.store_id = s.id) as values \
               from stores s where s.tenant_id = $1 and s.id = $2";
    let row: Row = tx.one(sql, [store.0.into()]).await?.ok_or(DataError::NotFound("store"))?;
    let bad = |what: &str, value: &str| DataError::Corrupt(format!("stores.{what} is '{value}'"));
    let values = row.values.and_then(|values| values.as_object().cloned()).unwrap_or_default();
    let number = |name: &str, otherwise: u8| {
        values.get(name).and_then(Value::as_u64).and_then(|n| u8::try_from(n).ok()).unwrap_or(otherwise)
    };
    Ok(StoreSettings {
        zone: row.time_zone.parse().map_err(|_| bad("time_zone", &row.time_zone))?,
        currency: row.currency.parse().map_err(|_| bad("currency", &row.currency))?,
        name: row.name,
        calendar: StoreCalendar {
            week_start: u8::try_from(row.week_start).unwrap_or(1),
            year_start: number(YEAR_START, 1).clamp(1, 12),
        },
        returns_on: row.returns_on.parse().map_err(|_| bad("returns_on", &row.returns_on))?,
        summary_hour: number(summaries::SETTING, summaries::HOUR),
        orders: told(&values, Setting::NotifyOrders)?,
        summary: told(&values, Setting::DailySummary)?,
        stock: told(&values, Setting::StockAlerts)?,
    })
}

fn told(values: &Map<String, Value>, setting: Setting) -> Result<Recipients, DataError> {
    let Some(value) = values.get(setting.as_str()) else { return Ok(Recipients::default()) };
    let broken = |e: serde_json::Error| DataError::Corrupt(format!("setting {}: {e}", setting.as_str()));
    serde_json::from_value(value.clone()).map_err(broken)
}

async fn write(tx: &Tx, store: &Store, before: &StoreSettings, after: &StoreSettings) -> Result<(), DataError> {
    let sql = "update stores set name = $3, time_zone = $4, currency = $5, week_start = $6, returns_on = $7 \
               where tenant_id = $1 and id = $2";
    let values = [
        store.id.0.into(),
        after.name.clone().into(),
        after.zone.name().into(),
        after.currency.code().into(),
        i16::from(after.calendar.week_start).into(),
        after.returns_on.as_str().into(),
    ];
    tx.run(sql, values).await?;
    keep(tx, store, YEAR_START, after.calendar.year_start).await?;
    keep(tx, store, summaries::SETTING, after.summary_hour).await?;
    let changed = Store { zone: after.zone, ..store.clone() };
    let kinds = [
        (Setting::NotifyOrders, &before.orders, &after.orders),
        (Setting::DailySummary, &before.summary, &after.summary),
        (Setting::StockAlerts, &before.stock, &after.stock),
    ];
    for (setting, _, is) in kinds.into_iter().filter(|(_, was, is)| was != is) {
        write_recipients(tx, &changed, setting, is).await?;
    }
    if (before.summary_hour, before.zone) != (after.summary_hour, after.zone) {
        let next = summaries::next_at(tx.scope().now(), after.zone, after.summary_hour);
        let sql = "update summary_schedule set due_at = $3 where tenant_id = $1 and store_id = $2";
        tx.run(sql, [store.id.0.into(), next.into()]).await?;
    }
    Ok(())
}

async fn keep(tx: &Tx, store: &Store, name: &str, value: u8) -> Result<(), DataError> {
    let sql = "insert into settings (tenant_id, store_id, name, value, updated_at) values ($1, $2, $3, $4, $5) \
               on conflict (tenant_id, store_id, name) do update set value = excluded.value, updated_at = excluded.updated_at";
    let values = [store.id.0.into(), name.into(), Value::from(value).into(), tx.scope().now().into()];
    tx.run(sql, values).await.map(drop)
}
