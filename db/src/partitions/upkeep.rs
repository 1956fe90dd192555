//! When upkeep last ran, by table, and the gauges that alarms read.

use chrono::{DateTime, Utc};
use metrics::gauge;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryOrder, Set};

use super::bounds::{Table, runway};
use super::steps;
use crate::connect::Db;
use crate::entities::{SharedQueries, partition_upkeep};
use crate::error::DataError;

/// The last upkeep of one table.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
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
    let now = db.clock().now();
    let row = partition_upkeep::ActiveModel {
        parent: Set(table.as_str().to_owned()),
        ran_at: Set(now),
        done_at: Set(error.is_none().then_some(now)),
        error: Set(error.map(str::to_owned)),
    };
    let mut known = OnConflict::column(partition_upkeep::Column::Parent);
    known.update_columns([partition_upkeep::Column::RanAt, partition_upkeep::Column::Error]);
    if error.is_none() {
        known.update_column(partition_upkeep::Column::DoneAt);
    }
    db.insert_shared(row).on_conflict(known).exec_without_returning(&db.conn).await?;
    Ok(())
}

/// The last upkeep of each table.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn last(db: &Db) -> Result<Vec<UpkeepRow>, DataError> {
    let rows = db.find_shared::<partition_upkeep::Entity>().order_by_desc(partition_upkeep::Column::Parent);
    let row = |row: partition_upkeep::Model| UpkeepRow {
        parent: row.parent,
        ran_at: row.ran_at,
        done_at: row.done_at,
        error: row.error,
    };
    Ok(rows.all(&db.conn).await?.into_iter().map(row).collect())
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
