//! The timetable: what is to be done when, in which zone's time. Each tick is enqueued by whichever worker locks the
//! entry's row, in the transaction that moves the entry on to its next tick: once, however many workers there are.

mod cron;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use domain::ids::JobId;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{ColumnTrait, NotSet, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::Value;

pub use cron::{Timing, TimingError};

use super::enqueue::enqueue_kind;
use super::{NewJob, QUEUES};
use crate::entities::{SharedQueries, job_schedule};
use crate::error::DataError;
use crate::platform::{Platform, PlatformTx};
use crate::scope::Actor;

/// A tick later than this was missed: nobody was there for it.
const LATE: TimeDelta = TimeDelta::minutes(1);
// Far more than a year of minutes. What was missed before is not counted any more.
const MOST_MISSED: i64 = 1_000_000;

/// An entry as the program has it.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Its name, for people and for `stoa job run`.
    pub name: &'static str,
    /// When: minute, hour, day of month, month, day of week.
    pub cron: &'static str,
    /// In which time zone, by its IANA name.
    pub zone: &'static str,
    /// Which work.
    pub kind: &'static str,
    /// In which queue.
    pub queue: &'static str,
    /// Tries before it is dead.
    pub max_attempts: i16,
    /// What it is about.
    pub payload: Value,
}

/// What a tick came to.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Ticked {
    /// Jobs that were enqueued.
    pub enqueued: usize,
    /// Ticks that nobody was there for; each entry makes up for them with one job.
    pub missed: i64,
}

/// Brings the kept timetable up to date with the program's. What is switched off stays so; an entry whose time
/// changed begins anew; one that the program no longer has no longer ticks.
///
/// # Errors
/// When an entry's pattern or zone makes no sense, or PostgreSQL fails; then nothing changed.
pub async fn sync(platform: &Platform, entries: &[Entry]) -> Result<(), DataError> {
    let tx = platform.begin().await?;
    let now = tx.db().clock().now();
    for entry in entries {
        let next = Timing::new(entry.cron, entry.zone)?.after(now)?;
        // SQL: the next tick goes by what the row says already.
        let sql = "insert into job_schedule as s (name, cron, zone, kind, queue, payload, max_attempts, next_tick) values ($1, $2, $3, $4, $5, $6, $7, $8) \
                   on conflict (name) do update set cron = excluded.cron, zone = excluded.zone, kind = excluded.kind, queue = excluded.queue, \
                     payload = excluded.payload, max_attempts = excluded.max_attempts, known = true, \
                     next_tick = case when s.known and (s.cron, s.zone) = (excluded.cron, excluded.zone) then s.next_tick else excluded.next_tick end";
        let values = [
            entry.name.into(),
            entry.cron.into(),
            entry.zone.into(),
            entry.kind.into(),
            entry.queue.into(),
            entry.payload.clone().into(),
            entry.max_attempts.into(),
            next.into(),
        ];
        tx.run(sql, values).await?;
    }
    let unknown = job_schedule::ActiveModel { known: Set(false), ..Default::default() };
    let unknown = tx
        .update_shared()
        .set(unknown)
        .filter(job_schedule::Column::Known.eq(true))
        .filter(job_schedule::Column::Name.is_not_in(entries.iter().map(|entry| entry.name)));
    unknown.exec(tx.conn()).await?;
    tx.commit().await
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

/// Enqueues the job of the entry `name` now; `None` when one that was asked for so is still live.
pub(super) async fn enqueue_now(tx: &PlatformTx, name: &str, actor: Actor) -> Result<Option<JobId>, DataError> {
    let kept = kept(tx, name).await?;
    let key = format!("now:{name}");
    enqueue_entry(tx, &kept.kind, &kept.queue, kept.payload, (kept.max_attempts, key), actor).await
}

/// When the entry `name` ticks next, from now on. Locks it.
pub(super) async fn next_of(tx: &PlatformTx, name: &str) -> Result<DateTime<Utc>, DataError> {
    let kept = kept(tx, name).await?;
    Timing::new(&kept.cron, &kept.zone)?.after(tx.db().clock().now())
}

async fn kept(tx: &PlatformTx, name: &str) -> Result<job_schedule::Model, DataError> {
    let entry = tx
        .find_shared::<job_schedule::Entity>()
        .filter(job_schedule::Column::Name.eq(name))
        .filter(job_schedule::Column::Known.eq(true))
        .lock_exclusive();
    entry.one(tx.conn()).await?.ok_or(DataError::NotFound("schedule entry"))
}

async fn enqueue_entry(
    tx: &PlatformTx,
    kind: &str,
    queue: &str,
    payload: Value,
    (max_attempts, key): (i16, String),
    actor: Actor,
) -> Result<Option<JobId>, DataError> {
    let queue = QUEUES.into_iter().find(|name| *name == queue).unwrap_or("default");
    let job = NewJob { key: Some(key), queue, max_attempts, ..NewJob::new("", payload) };
    enqueue_kind(tx, PlatformTx::NIL, kind, &job, actor).await
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
