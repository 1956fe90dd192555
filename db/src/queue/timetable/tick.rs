//! Ticking.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{ColumnTrait, NotSet, QueryFilter, QueryOrder, QuerySelect, Set};

use super::{Timing, enqueue_entry};
use crate::entities::{SharedQueries, job_schedule};
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

/// Enqueues what is due by the timetable, unless another worker is at it.
///
/// # Errors
/// When PostgreSQL fails; then nothing was enqueued or moved on.
pub async fn tick(platform: &Platform) -> Result<Ticked, DataError> {
    let tx = platform.begin().await?;
    let now = tx.db().clock().now();
    let due = tx
        .find_shared::<job_schedule::Entity>()
        .filter(job_schedule::Column::Known.eq(true))
        .filter(job_schedule::Column::Enabled.eq(true))
        .filter(job_schedule::Column::NextTick.lte(now))
        .order_by_asc(job_schedule::Column::Name)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let mut ticked = Ticked::default();
    for due in due.all(tx.conn()).await? {
        let timing = Timing::new(&due.cron, &due.zone)?;
        let (last, next, passed) = settle(&timing, due.next_tick, now)?;
        let missed = passed + i64::from(now - last > LATE);
        let key = format!("{}@{}", due.name, last.to_rfc3339_opts(SecondsFormat::Secs, true));
        let made = enqueue_entry(&tx, &due.kind, &due.queue, due.payload, (due.max_attempts, key), Actor::Job).await?;
        ticked.enqueued += usize::from(made.is_some());
        ticked.missed += missed;
        let next = job_schedule::ActiveModel {
            last_tick: Set(Some(last)),
            next_tick: Set(next),
            missed: Set(due.missed + missed),
            missed_at: if missed > 0 { Set(Some(now)) } else { NotSet },
            ..Default::default()
        };
        let next = tx.update_shared().set(next).filter(job_schedule::Column::Name.eq(due.name));
        next.exec(tx.conn()).await?;
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
