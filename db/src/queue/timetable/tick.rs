//! Ticking.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use sea_orm::FromQueryResult;
use serde_json::Value;

use super::{Timing, enqueue_entry};
use crate::error::DataError;
use crate::platform::Platform;
use crate::scope::Actor;

/// A tick later than this was missed: nobody was there for it.
const LATE: TimeDelta = TimeDelta::minutes(1);
// Far more than a year of minutes. What was missed before is not counted any more.
const MOST_MISSED: i64 = 1_000_000;

/// What a tick came to.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Ticked {
    /// Jobs that were enqueued.
    pub enqueued: usize,
    /// Ticks that nobody was there for; each entry makes up for them with one job.
    pub missed: i64,
}

#[derive(FromQueryResult)]
struct Due {
    name: String,
    cron: String,
    zone: String,
    kind: String,
    queue: String,
    payload: Value,
    max_attempts: i16,
    next_tick: DateTime<Utc>,
}

/// Enqueues what is due by the timetable, unless another worker is at it.
///
/// # Errors
/// When PostgreSQL fails; then nothing was enqueued or moved on.
pub async fn tick(platform: &Platform) -> Result<Ticked, DataError> {
    let tx = platform.begin().await?;
    let now = tx.db().clock().now();
    let sql = "select name, cron, zone, kind, queue, payload, max_attempts, next_tick from job_schedule \
               where known and enabled and next_tick <= $1 order by name for update skip locked";
    let mut ticked = Ticked::default();
    for due in tx.all::<Due>(sql, [now.into()]).await? {
        let timing = Timing::new(&due.cron, &due.zone)?;
        let (last, next, passed) = settle(&timing, due.next_tick, now)?;
        let missed = passed + i64::from(now - last > LATE);
        let key = format!("{}@{}", due.name, last.to_rfc3339_opts(SecondsFormat::Secs, true));
        let made = enqueue_entry(&tx, &due.kind, &due.queue, due.payload, (due.max_attempts, key), Actor::Job).await?;
        ticked.enqueued += usize::from(made.is_some());
        ticked.missed += missed;
        let sql = "update job_schedule set last_tick = $2, next_tick = $3, missed = missed + $4, \
                     missed_at = case when $4::bigint > 0 then $5 else missed_at end where name = $1";
        tx.run(sql, [due.name.into(), last.into(), next.into(), missed.into(), now.into()]).await?;
    }
    tx.commit().await?;
    Ok(ticked)
}

// The last tick up to now, the first after it, and how many lie before the last.
fn settle(
    timing: &Timing,
    first: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(DateTime<Utc>, DateTime<Utc>, i64), DataError> {
    let (mut last, mut passed) = (first, 0);
    loop {
        let next = timing.after(last)?;
        if next > now {
            return Ok((last, next, passed));
        }
        if passed >= MOST_MISSED {
            return Ok((last, timing.after(now)?, passed));
        }
        (last, passed) = (next, passed + 1);
    }
}
