//! The steps by which a quarter leaves the database and comes back; each is one transaction, and the state in
//! `partition_archives` says which one is next. Files are written and read by the caller.

use chrono::NaiveDate;
use domain::ids::JobId;
use domain::quarter::Quarter;
use sea_orm::{FromQueryResult, Set};
use serde_json::json;
use sqlx::PgConnection;

use super::archived::{ArchiveRow, ArchiveState, all};
pub use super::progress::{Step, move_on, stopped, written};
use super::steps::{BATCH, TRIES, call};
use super::{Table, bounds};
use crate::connect::Db;
use crate::entities::text::Text;
use crate::entities::{SharedQueries, partition_archive};
use crate::error::DataError;
use crate::platform::{Platform, PlatformTx};
use crate::queue::{self, NewJob};
use crate::scope::Actor;

/// The job that brings a quarter back. Its payload is `{"quarter": "2024q1", "by": "user:..."}`.
pub const RESTORE_JOB: &str = "restore_partition";

/// The sole right to archive and restore; ends when dropped.
pub struct Alone(#[expect(dead_code, reason = "its session holds the lock")] PgConnection);

const ASKED: u32 = 10;
const MOMENT: std::time::Duration = std::time::Duration::from_millis(100);

/// What joining a restored quarter came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Joined {
    /// It is back.
    Attached,
    /// A partition with later orders is there: rows are merged.
    There,
    /// The default partition has orders of it, which go first.
    InNet,
}

/// Takes the sole right to archive and restore. A process that dies gives it back.
///
/// # Errors
/// [`DataError::Busy`] when somebody else has it.
pub async fn alone(db: &Db) -> Result<Alone, DataError> {
    let mut session = db.pool.acquire().await?.detach();
    // SQL: a lock by name has no table.
    let sql = "select pg_try_advisory_lock(hashtext('stoa_partitions'), hashtext('archives'))";
    for _ in 0..ASKED {
        if sqlx::query_scalar(sql).fetch_one(&mut session).await? {
            return Ok(Alone(session));
        }
        // PostgreSQL needs a moment to notice that the one before is gone.
        tokio::time::sleep(MOMENT).await;
    }
    Err(DataError::Busy)
}

/// Asks for `quarter` back, by whomever: a job, because it may take longer than anybody waits for a page. `None` when
/// somebody has asked already.
///
/// # Errors
/// [`DataError::NotFound`] when nothing of it is archived; when PostgreSQL fails.
pub async fn ask_back(platform: &Platform, quarter: Quarter, by: Actor) -> Result<Option<JobId>, DataError> {
    if !of(platform.db(), quarter).await?.iter().any(|row| row.state.is_away()) {
        return Err(DataError::NotFound("archived quarter"));
    }
    let job = NewJob {
        key: Some(quarter.to_string()),
        queue: "heavy",
        ..NewJob::new(RESTORE_JOB, json!({"quarter": quarter, "by": by.to_string()}))
    };
    let tx = platform.begin().await?;
    let made = queue::enqueue_for_platform(&tx, PlatformTx::NIL, &job).await?;
    tx.commit().await?;
    Ok(made)
}

/// Archives of `quarter`, oldest part first.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn of(db: &Db, quarter: Quarter) -> Result<Vec<ArchiveRow>, DataError> {
    Ok(all(db).await?.into_iter().filter(|row| row.quarter == quarter).collect())
}

/// The archive of `quarter` that is to be worked on: an unfinished one, or a new part.
///
/// # Errors
/// [`DataError::Refused`] when the quarter is not whole in the database, or is being restored.
pub async fn plan(db: &Db, quarter: Quarter) -> Result<ArchiveRow, DataError> {
    let known = of(db, quarter).await?;
    if known.iter().any(|row| row.state == ArchiveState::Restoring) {
        return Err(DataError::Refused(format!(
            "{quarter} is being restored; finish that first: stoa partitions restore {quarter}"
        )));
    }
    let unfinished = |row: &&ArchiveRow| !matches!(row.state, ArchiveState::Dropped | ArchiveState::Restored);
    if let Some(row) = known.iter().find(unfinished) {
        return Ok(row.clone());
    }
    if !is_whole(db, quarter).await? {
        return Err(DataError::Refused(format!(
            "{quarter} is not whole in the database; run: stoa partitions maintain"
        )));
    }
    let part = known.last().map_or(1, |row| row.part + 1);
    let row = partition_archive::ActiveModel {
        quarter: Set(quarter.first_day()),
        part: Set(part),
        state: Set(Text(ArchiveState::Planned)),
        location: Set(format!("platform/partitions/{quarter}/{part}")),
        planned_at: Set(db.clock().now()),
        ..Default::default()
    };
    db.insert_shared(row).exec_without_returning(&db.conn).await?;
    current(db, quarter, part).await
}

/// Whether both tables have the whole quarter as a partition.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn is_whole(db: &Db, quarter: Quarter) -> Result<bool, DataError> {
    let (begins, ends) = (Some(quarter.begins()), Some(quarter.ends()));
    Ok(bounds(db).await?.iter().filter(|b| b.since == begins && b.until == ends).count() == Table::ALL.len())
}

/// The archive as it is now.
///
/// # Errors
/// [`DataError::NotFound`] when there is none.
pub async fn current(db: &Db, quarter: Quarter, part: i16) -> Result<ArchiveRow, DataError> {
    of(db, quarter).await?.into_iter().find(|row| row.part == part).ok_or(DataError::NotFound("archive"))
}

#[derive(FromQueryResult)]
struct Done {
    outcome: String,
}

/// Takes a verified quarter out of sight.
///
/// # Errors
/// When it is not verified, PostgreSQL fails or the locks stay taken.
pub async fn detach(db: &Db, quarter: Quarter) -> Result<(), DataError> {
    // SQL: a function of the database, which alone may change tables.
    let sql = "select 'done' outcome from stoa_detach_quarter($1, $2)";
    call::<Done>(db, TRIES, sql, [quarter.first_day().into(), db.clock().now().into()]).await.map(drop)
}

/// Drops the rows of a detached quarter that was compared.
///
/// # Errors
/// When it was not compared or differs in its number of rows, PostgreSQL fails or the locks stay taken.
pub async fn drop_rows(db: &Db, quarter: Quarter) -> Result<(), DataError> {
    // SQL: a function of the database, which alone may change tables.
    let sql = "select 'done' outcome from stoa_drop_archived($1, $2)";
    call::<Done>(db, TRIES, sql, [quarter.first_day().into(), db.clock().now().into()]).await.map(drop)
}

/// Makes empty tables to unpack into; what an earlier attempt left is dropped.
///
/// # Errors
/// When nothing of the quarter is being restored, PostgreSQL fails or the locks stay taken.
pub async fn stage(db: &Db, quarter: Quarter) -> Result<(), DataError> {
    // SQL: a function of the database, which alone may change tables.
    let sql = "select 'done' outcome from stoa_stage_quarter($1)";
    call::<Done>(db, TRIES, sql, [quarter.first_day().into()]).await.map(drop)
}

/// Joins what was unpacked.
///
/// # Errors
/// When nothing of the quarter is being restored, PostgreSQL fails or the locks stay taken.
pub async fn attach(db: &Db, quarter: Quarter) -> Result<Joined, DataError> {
    // SQL: a function of the database, which alone may change tables.
    let sql = "select stoa_attach_restored($1, $2) outcome";
    let values = [quarter.first_day().into(), db.clock().now().into()];
    match call::<Done>(db, TRIES, sql, values).await?.outcome.as_str() {
        "attached" => Ok(Joined::Attached),
        "there" => Ok(Joined::There),
        "net" => Ok(Joined::InNet),
        other => Err(DataError::Corrupt(format!("attaching a quarter resulted in '{other}'"))),
    }
}

#[derive(FromQueryResult)]
struct Merged {
    moved: i64,
}

/// Moves a batch of what was unpacked to the partition that is there; false once all is moved and the quarter is back.
///
/// # Errors
/// When nothing of the quarter is being restored, PostgreSQL fails or the locks stay taken.
pub async fn merge(db: &Db, quarter: Quarter) -> Result<bool, DataError> {
    // SQL: a function of the database, which alone may change tables.
    let sql = "select stoa_merge_restored($1, $2, $3) moved";
    let values = [quarter.first_day().into(), BATCH.into(), db.clock().now().into()];
    Ok(call::<Merged>(db, TRIES, sql, values).await?.moved > 0)
}

/// Whole quarters that end before `before` and were not restored after `restored_before`, oldest first, and those that
/// an earlier attempt left unfinished.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn due(
    db: &Db,
    before: Quarter,
    restored_before: chrono::DateTime<chrono::Utc>,
) -> Result<Vec<Quarter>, DataError> {
    // SQL: over the catalogue's partitions, which have no entity.
    let sql = "select (b.since at time zone 'UTC')::date quarter from partition_bounds b \
               where b.until <= $1 and b.until = stoa_quarter_start(((b.since at time zone 'UTC') + interval '3 months')::date) \
                 and not exists (select from partition_archives a where a.quarter = (b.since at time zone 'UTC')::date and (a.restored_at >= $2 or a.state = 'restoring')) \
               group by 1 having count(*) = 2 \
               union select quarter from partition_archives where state in ('written', 'verified', 'detached') order by 1";
    let days: Vec<NaiveDate> =
        sqlx::query_scalar(sql).bind(before.begins()).bind(restored_before).fetch_all(&db.pool).await?;
    Ok(days.into_iter().map(Quarter::of).collect())
}
