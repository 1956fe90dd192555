//! Reading and changing everything that can be set for a store.

use std::sync::Arc;

use domain::feed::EventKind;
use domain::ids::StoreId;
use domain::settings::{Recipients, Setting, StoreCalendar, StoreSettings};
use domain::summaries;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, Select, Set};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::known::announce;
use super::recipients::write_recipients;
use super::rows::{keep, values};
use crate::audit;
use crate::entities::{TenantQueries, order_ref, store, summary_schedule};
use crate::error::DataError;
use crate::feed::{self, NewEvent};
use crate::rollups;
use crate::scope::{Scope, Tx};
use crate::stores::{self, Store};

const YEAR_START: &str = "calendar.year_start";

/// The settings of a store of the scope's tenant, as this process knows them. Most of the time no statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn of_store(scope: &Scope, store: &Store) -> Result<Arc<StoreSettings>, DataError> {
    let reading = || async {
        let tx = scope.begin().await?;
        let settings = read(&tx, find(&tx, store.id)).await?;
        tx.end();
        Ok(settings)
    };
    scope.db().known().settings.of_store((scope.tenant(), store.id), reading).await
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
    let before = read(&tx, find(&tx, store.id).lock(LockType::NoKeyUpdate)).await?;
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
        rollups::move_refunds(&tx, &Store { zone: after.zone, ..store.clone() }).await?;
    }
    tx.commit().await?;
    stores::forget(scope).await;
    scope.db().known().settings.forget(scope.tenant()).await;
    Ok(())
}

async fn ordered(tx: &Tx, store: StoreId) -> Result<bool, DataError> {
    let any = tx.find::<order_ref::Entity>().filter(order_ref::Column::StoreId.eq(store.0));
    let any: Option<Uuid> = any.select_only().column(order_ref::Column::OrderId).into_tuple().one(tx.conn()).await?;
    Ok(any.is_some())
}

fn find(tx: &Tx, store: StoreId) -> Select<store::Entity> {
    tx.find::<store::Entity>().filter(store::Column::Id.eq(store.0))
}

async fn read(tx: &Tx, store: Select<store::Entity>) -> Result<StoreSettings, DataError> {
    let row = store.one(tx.conn()).await?.ok_or(DataError::NotFound("store"))?;
    let values = values(tx, row.id).await?;
    let bad = |what: &str, value: &str| DataError::Corrupt(format!("stores.{what} is '{value}'"));
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
        returns_on: *row.returns_on,
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
    let row = store::ActiveModel {
        name: Set(after.name.clone()),
        time_zone: Set(after.zone.name().to_owned()),
        currency: Set(after.currency.code().to_owned()),
        week_start: Set(i16::from(after.calendar.week_start)),
        returns_on: Set(after.returns_on.into()),
        ..Default::default()
    };
    tx.update::<store::Entity>().set(row).filter(store::Column::Id.eq(store.id.0)).exec(tx.conn()).await?;
    keep(tx, store.id.0, YEAR_START, Value::from(after.calendar.year_start)).await?;
    keep(tx, store.id.0, summaries::SETTING, Value::from(after.summary_hour)).await?;
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
        let row = summary_schedule::ActiveModel { due_at: Set(next), ..Default::default() };
        let update = tx.update::<summary_schedule::Entity>().set(row);
        update.filter(summary_schedule::Column::StoreId.eq(store.id.0)).exec(tx.conn()).await?;
    }
    Ok(())
}
