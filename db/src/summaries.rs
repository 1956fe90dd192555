//! Which stores are to be told of which day, and what they were told.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{StoreId, TenantId};
use domain::summaries;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::error::DataError;
use crate::platform::Platform;
use crate::scope::Tx;
use crate::stores::Store;

/// What is due, for [`due`].
pub(crate) const DUE: &str =
    "select tenant_id, store_id from summary_schedule where due_at <= $1 order by due_at, tenant_id, store_id limit $2";

#[derive(FromQueryResult)]
struct DueRow {
    tenant_id: Uuid,
    store_id: Uuid,
}

#[derive(FromQueryResult)]
struct LastRow {
    last_day: Option<NaiveDate>,
}

/// Stores of all tenants with a summary due at `now`, longest due first, up to `limit`. Index: `summary_schedule_due`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn due(platform: &Platform, now: DateTime<Utc>, limit: u64) -> Result<Vec<(TenantId, StoreId)>, DataError> {
    let tx = platform.begin().await?;
    let rows: Vec<DueRow> = tx.all(DUE, [now.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()]).await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(|row| (row.tenant_id.into(), row.store_id.into())).collect())
}

/// The local day that the store is to be told of now, if any; others who ask wait until the transaction ends.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn day_to_tell(tx: &Tx, store: &Store) -> Result<Option<NaiveDate>, DataError> {
    let sql = "select last_day from summary_schedule where tenant_id = $1 and store_id = $2 for update";
    let row: Option<LastRow> = tx.one(sql, [store.id.0.into()]).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(summaries::due(tx.scope().now(), store.zone, hour(tx, store).await?, row.last_day))
}

/// Notes that the store was told of `day`, or that there is nothing to tell, and when the next day is due.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn told(tx: &Tx, store: &Store, day: Option<NaiveDate>) -> Result<(), DataError> {
    let sql = "update summary_schedule set last_day = coalesce($3, last_day), due_at = $4 where tenant_id = $1 and store_id = $2";
    let next = summaries::next_at(tx.scope().now(), store.zone, hour(tx, store).await?);
    tx.run(sql, [store.id.0.into(), day.into(), next.into()]).await.map(drop)
}

async fn hour(tx: &Tx, store: &Store) -> Result<u8, DataError> {
    let sql = "select (value #>> '{}')::int from settings where tenant_id = $1 and store_id = $2 and name = $3";
    let chosen: Option<i32> = tx.scalar(sql, [store.id.0.into(), summaries::SETTING.into()]).await?;
    Ok(chosen.and_then(|hour| u8::try_from(hour).ok()).unwrap_or(summaries::HOUR))
}

/// Puts a store's summary off until `until`, whatever became of it.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn put_off(
    platform: &Platform,
    tenant: TenantId,
    store: StoreId,
    until: DateTime<Utc>,
) -> Result<(), DataError> {
    let sql = "update summary_schedule set due_at = $3 where tenant_id = $1 and store_id = $2";
    let tx = platform.begin().await?;
    tx.run(sql, [tenant.0.into(), store.0.into(), until.into()]).await?;
    tx.commit().await
}
