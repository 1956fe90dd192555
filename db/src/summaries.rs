//! Which stores are to be told of which day, and what they were told.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{StoreId, TenantId};
use domain::summaries;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QuerySelect, Set};
use uuid::Uuid;

use crate::entities::{AllTenantsQueries, TenantQueries, summary_schedule};
use crate::error::DataError;
use crate::platform::Platform;
use crate::scope::Tx;
use crate::settings::summary_hour;
use crate::stores::Store;

/// What is due, for [`due`].
// SQL: its plan is tested as a text.
pub(crate) const DUE: &str =
    "select tenant_id, store_id from summary_schedule where due_at <= $1 order by due_at, tenant_id, store_id limit $2";

#[derive(FromQueryResult)]
struct DueRow {
    tenant_id: Uuid,
    store_id: Uuid,
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
    let row = tx.find::<summary_schedule::Entity>().filter(summary_schedule::Column::StoreId.eq(store.id.0));
    let Some(row) = row.lock_exclusive().one(tx.conn()).await? else { return Ok(None) };
    Ok(summaries::due(tx.scope().now(), store.zone, summary_hour(tx, store).await?, row.last_day))
}

/// Notes that the store was told of `day`, or that there is nothing to tell, and when the next day is due.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn told(tx: &Tx, store: &Store, day: Option<NaiveDate>) -> Result<(), DataError> {
    let row = summary_schedule::ActiveModel {
        due_at: Set(summaries::next_at(tx.scope().now(), store.zone, summary_hour(tx, store).await?)),
        last_day: day.map_or_else(Default::default, |day| Set(Some(day))),
        ..Default::default()
    };
    let update = tx.update::<summary_schedule::Entity>().set(row);
    update.filter(summary_schedule::Column::StoreId.eq(store.id.0)).exec(tx.conn()).await?;
    Ok(())
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
    let tx = platform.begin().await?;
    let row = summary_schedule::ActiveModel { due_at: Set(until), ..Default::default() };
    let update = tx
        .update_all::<summary_schedule::Entity>()
        .set(row)
        .filter(summary_schedule::Column::TenantId.eq(tenant.0))
        .filter(summary_schedule::Column::StoreId.eq(store.0));
    update.exec(tx.conn()).await?;
    tx.commit().await
}
