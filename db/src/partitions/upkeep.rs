//! When upkeep last ran, by table, and the gauges that alarms read.

use chrono::{DateTime, Utc};
use metrics::gauge;
use sea_orm::FromQueryResult;

use super::bounds::{Table, runway};
use super::steps;
use crate::connect::Db;
use crate::error::DataError;

/// The last upkeep of one table.
#[derive(Clone, PartialEq, Eq, Debug, FromQueryResult, serde::Serialize)]
pub struct UpkeepRow {
    /// `orders` or `order_items`.
    pub parent: String,
    /// When it was last tried.
    pub ran_at: DateTime<Utc>,
    /// When it last succeeded.
    pub done_at: Option<DateTime<Utc>>,
    /// Why the last try failed, if it did.
    pub error: Option<String>,
}

/// What an alarm asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pulse {
    /// Days for which both tables have quarters.
    pub runway_days: i64,
    /// Rows that wait in default partitions.
    pub default_rows: i64,
}

/// Notes that upkeep of `table` ran, and why it failed if it did.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn note(db: &Db, table: Table, error: Option<&str>) -> Result<(), DataError> {
    let sql = "insert into partition_upkeep (parent, ran_at, done_at, error) values ($1, $2, case when $3::text is null then $2 end, $3) \
               on conflict (parent) do update set ran_at = excluded.ran_at, error = excluded.error, \
                 done_at = coalesce(excluded.done_at, partition_upkeep.done_at)";
    sqlx::query(sql).bind(table.as_str()).bind(db.clock().now()).bind(error).execute(&db.pool).await?;
    Ok(())
}

/// The last upkeep of each table.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn last(db: &Db) -> Result<Vec<UpkeepRow>, DataError> {
    let sql = "select parent, ran_at, done_at, error from partition_upkeep order by parent desc";
    super::rows(db, sql, []).await
}

/// Looks how the partitions are, and sets the gauges `stoa_partition_runway_days` and `stoa_partition_default_rows`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn pulse(db: &Db) -> Result<Pulse, DataError> {
    let default_rows = steps::waiting(db).await?.iter().map(|w| w.rows).sum();
    let pulse = Pulse { runway_days: runway(db).await?, default_rows };
    #[expect(clippy::cast_precision_loss, reason = "a gauge needs no more than 52 bits")]
    {
        gauge!("stoa_partition_runway_days").set(pulse.runway_days as f64);
        gauge!("stoa_partition_default_rows").set(pulse.default_rows as f64);
    }
    Ok(pulse)
}
