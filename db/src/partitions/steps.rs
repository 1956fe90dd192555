//! The steps of upkeep. Each is one transaction that waits 80 ms for a lock at most, and is tried again when that was
//! not enough; each may be repeated, and a process killed in one leaves it undone or done.

use std::time::Duration;

use chrono::NaiveDate;
use domain::quarter::Quarter;
use sea_orm::{FromQueryResult, Value};

use super::bounds::Table;
use crate::connect::Db;
use crate::error::DataError;

/// Rows moved out of a default partition at once: about 30 ms during which others wait.
pub const BATCH: i32 = 1_000;
/// Most rows of a default partition that are counted; more are "at least so many".
pub const COUNTED: i32 = 100_000;

pub(super) const TRIES: u32 = 8;
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
#[derive(Clone, PartialEq, Eq, Debug, FromQueryResult, serde::Serialize)]
pub struct Waiting {
    /// `orders` or `order_items`.
    pub parent: String,
    /// First day of the quarter to which they belong.
    pub quarter: NaiveDate,
    /// How many.
    pub rows: i64,
}

#[derive(FromQueryResult)]
struct Ensured {
    made: bool,
}

/// Makes both tables of `quarter` for orders that are about to come; whether one was made.
///
/// # Errors
/// When PostgreSQL fails or the locks stay taken.
pub async fn ensure(db: &Db, quarter: Quarter) -> Result<bool, DataError> {
    // SQL: a function of the database, which alone may change tables.
    let sql = "select stoa_ensure_quarter($1) made";
    Ok(call::<Ensured>(db, TRIES_OF_AN_ORDER, sql, [quarter.first_day().into()]).await?.made)
}

#[derive(FromQueryResult)]
struct Outcome {
    outcome: String,
}

/// Makes `quarter` of one table.
///
/// # Errors
/// When PostgreSQL fails or the locks stay taken.
pub async fn make(db: &Db, table: Table, quarter: Quarter) -> Result<Made, DataError> {
    // SQL: a function of the database, which alone may change tables.
    let sql = "select stoa_make_quarter($1, $2) outcome";
    let done: Outcome = call(db, TRIES, sql, [table.as_str().into(), quarter.first_day().into()]).await?;
    match done.outcome.as_str() {
        "made" => Ok(Made::New),
        "there" => Ok(Made::There),
        "net" => Ok(Made::InNet),
        other => Err(DataError::Corrupt(format!("creating a quarter resulted in '{other}'"))),
    }
}

#[derive(FromQueryResult)]
struct Filled {
    moved: i64,
    whole: bool,
}

/// Moves a batch of `quarter` out of the default partition of `table`; rows moved, and whether the quarter is whole.
///
/// # Errors
/// When PostgreSQL fails or the locks stay taken.
pub async fn fill(db: &Db, table: Table, quarter: Quarter) -> Result<(i64, bool), DataError> {
    // SQL: a function of the database, which alone may change tables.
    let sql = "select moved, whole from stoa_fill_quarter($1, $2, $3)";
    let values = [table.as_str().into(), quarter.first_day().into(), BATCH.into()];
    let filled: Filled = call(db, TRIES, sql, values).await?;
    Ok((filled.moved, filled.whole))
}

/// What waits in the default partitions, by table and quarter. Normally nothing, which is known without looking.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn waiting(db: &Db) -> Result<Vec<Waiting>, DataError> {
    // SQL: a function of the database, which counts the rows of all tenants.
    let sql = "select parent, quarter, rows from stoa_default_rows($1)";
    super::rows(db, sql, [COUNTED.into()]).await
}

#[derive(FromQueryResult)]
struct Unanalysed {
    quarter: NaiveDate,
}

/// Quarters of `table` that were made and never analysed.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn unanalysed(db: &Db, table: Table) -> Result<Vec<Quarter>, DataError> {
    // SQL: over the catalogue's partitions, which have no entity.
    let sql = "select m.quarter from partition_marks m join partition_bounds b on b.parent = m.parent and (b.since at time zone 'UTC')::date = m.quarter \
               where m.parent = $1 and m.analysed_at is null order by m.quarter";
    let found: Vec<Unanalysed> = super::rows(db, sql, [table.as_str().into()]).await?;
    Ok(found.into_iter().map(|row| Quarter::of(row.quarter)).collect())
}

/// Gathers the statistics of `quarter` of one table.
///
/// # Errors
/// When PostgreSQL fails or the locks stay taken.
pub async fn analyse(db: &Db, table: Table, quarter: Quarter) -> Result<(), DataError> {
    // SQL: a function of the database, which alone may change tables.
    let sql = "select true made from stoa_analyse_quarter($1, $2)";
    call::<Ensured>(db, TRIES, sql, [table.as_str().into(), quarter.first_day().into()]).await.map(drop)
}

/// Whether it failed because somebody else held a lock, or two waited for each other.
pub fn is_locked(error: &DataError) -> bool {
    matches!(error.sql_state().as_deref(), Some("55P03" | "40P01"))
}

/// Calls a function of the database in a transaction of its own, up to `tries` times, with growing pauses of different
/// lengths, as long as locks are in the way.
pub(super) async fn call<R: FromQueryResult>(
    db: &Db,
    tries: u32,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<R, DataError> {
    let values: Vec<Value> = values.into_iter().collect();
    let mut pause = FIRST_PAUSE;
    for attempt in 1.. {
        match super::rows(db, sql, values.clone()).await {
            Ok(found) => return found.into_iter().next().ok_or_else(|| DataError::Corrupt("no answer".into())),
            Err(error) if attempt < tries && is_locked(&error) => {
                tracing::debug!(%error, attempt, "a lock was taken; trying again");
            }
            Err(error) => return Err(error),
        }
        tokio::time::sleep(pause + chance(pause)).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
    Err(DataError::Busy)
}

// Up to `most`, so that two who waited for each other do not meet again.
fn chance(most: Duration) -> Duration {
    let mut byte = [0_u8; 1];
    let _random = getrandom::fill(&mut byte);
    most * u32::from(byte[0]) / 255
}
