//! The steps of upkeep. Each is one transaction that waits 80 ms for a lock at most, and is tried again when that was
//! not enough; each may be repeated, and a process killed in one leaves it undone or done.

use std::time::Duration;

use chrono::NaiveDate;
use domain::quarter::Quarter;
use sqlx::FromRow;

use super::bounds::Table;
use crate::connect::Db;
use crate::error::DataError;

/// Rows moved out of a default partition at once: about 30 ms during which others wait.
pub const BATCH: i32 = 1_000;
/// Most rows of a default partition that are counted; more are "at least so many".
pub const COUNTED: i32 = 100_000;

const TRIES: u32 = 8;
const TRIES_OF_AN_ORDER: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(40);

/// What making a quarter came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Made {
    /// It is new.
    New,
    /// It was there.
    There,
    /// The default partition holds rows of it: [`fill`] makes it.
    InNet,
}

/// Rows that wait in a default partition.
#[derive(Clone, PartialEq, Eq, Debug, FromRow, serde::Serialize)]
pub struct Waiting {
    /// `orders` or `order_items`.
    pub parent: String,
    /// First day of the quarter to which they belong.
    pub quarter: NaiveDate,
    /// How many.
    pub rows: i64,
}

/// Makes both tables of `quarter` for orders that are about to come; whether one was made.
///
/// # Errors
/// When PostgreSQL fails or the locks stay taken.
pub async fn ensure(db: &Db, quarter: Quarter) -> Result<bool, DataError> {
    let sql = "select stoa_ensure_quarter($1)";
    again(TRIES_OF_AN_ORDER, async || Ok(sqlx::query_scalar(sql).bind(quarter.first_day()).fetch_one(&db.pool).await?))
        .await
}

/// Makes `quarter` of one table.
///
/// # Errors
/// When PostgreSQL fails or the locks stay taken.
pub async fn make(db: &Db, table: Table, quarter: Quarter) -> Result<Made, DataError> {
    let sql = "select stoa_make_quarter($1, $2)";
    let done: String = again(TRIES, async || {
        Ok(sqlx::query_scalar(sql).bind(table.as_str()).bind(quarter.first_day()).fetch_one(&db.pool).await?)
    })
    .await?;
    match done.as_str() {
        "made" => Ok(Made::New),
        "there" => Ok(Made::There),
        "net" => Ok(Made::InNet),
        other => Err(DataError::Corrupt(format!("making a quarter came to '{other}'"))),
    }
}

/// Moves a batch of `quarter` out of the default partition of `table`; rows moved, and whether the quarter is whole.
///
/// # Errors
/// When PostgreSQL fails or the locks stay taken.
pub async fn fill(db: &Db, table: Table, quarter: Quarter) -> Result<(i64, bool), DataError> {
    let sql = "select moved, whole from stoa_fill_quarter($1, $2, $3)";
    again(TRIES, async || {
        let call = sqlx::query_as(sql).bind(table.as_str()).bind(quarter.first_day()).bind(BATCH);
        Ok(call.fetch_one(&db.pool).await?)
    })
    .await
}

/// What waits in the default partitions, by table and quarter. Normally nothing, which is known without looking.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn waiting(db: &Db) -> Result<Vec<Waiting>, DataError> {
    let sql = "select parent, quarter, rows from stoa_default_rows($1)";
    Ok(sqlx::query_as(sql).bind(COUNTED).fetch_all(&db.pool).await?)
}

/// Quarters of `table` that were made and never analysed.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn unanalysed(db: &Db, table: Table) -> Result<Vec<Quarter>, DataError> {
    let sql = "select m.quarter from partition_marks m join partition_bounds b on b.parent = m.parent and (b.since at time zone 'UTC')::date = m.quarter \
               where m.parent = $1 and m.analysed_at is null order by m.quarter";
    let days: Vec<NaiveDate> = sqlx::query_scalar(sql).bind(table.as_str()).fetch_all(&db.pool).await?;
    Ok(days.into_iter().map(Quarter::of).collect())
}

/// Gathers the statistics of `quarter` of one table.
///
/// # Errors
/// When PostgreSQL fails or the locks stay taken.
pub async fn analyse(db: &Db, table: Table, quarter: Quarter) -> Result<(), DataError> {
    let sql = "select stoa_analyse_quarter($1, $2)";
    again(TRIES, async || {
        let call = sqlx::query(sql).bind(table.as_str()).bind(quarter.first_day());
        Ok(call.execute(&db.pool).await.map(drop)?)
    })
    .await
}

/// Whether it failed because somebody else held a lock, or two waited for each other.
pub fn is_locked(error: &DataError) -> bool {
    matches!(error.sql_state().as_deref(), Some("55P03" | "40P01"))
}

/// Tries up to `tries` times, with growing pauses of different lengths, as long as locks are in the way.
pub(super) async fn again<T>(tries: u32, step: impl AsyncFn() -> Result<T, DataError>) -> Result<T, DataError> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..tries {
        match step().await {
            Err(error) if is_locked(&error) => tracing::debug!(%error, "a lock was taken; trying again"),
            other => return other,
        }
        tokio::time::sleep(pause + chance(pause)).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
    step().await
}

// Up to `most`, so that two who waited for each other do not meet again.
fn chance(most: Duration) -> Duration {
    let mut byte = [0_u8; 1];
    let _random = getrandom::fill(&mut byte);
    most * u32::from(byte[0]) / 255
}
