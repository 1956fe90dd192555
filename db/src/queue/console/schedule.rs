//! The timetable as people see it.

use chrono::{DateTime, Utc};
use domain::ids::JobId;
use sea_orm::FromQueryResult;
use serde_json::json;

use super::notes::{By, note};
use crate::error::DataError;
use crate::platform::Platform;
use crate::queue::timetable;

/// An entry of the timetable.
#[derive(Clone, PartialEq, Eq, Debug, FromQueryResult)]
pub struct EntryRow {
    /// Its name.
    pub name: String,
    /// When, as a cron pattern of five fields.
    pub cron: String,
    /// In which time zone.
    pub zone: String,
    /// Which work.
    pub kind: String,
    /// Whether it ticks.
    pub enabled: bool,
    /// When it ticked last.
    pub last_tick: Option<DateTime<Utc>>,
    /// When it ticks next, if it is enabled.
    pub next_tick: DateTime<Utc>,
    /// Ticks that nobody was there for, since the entry was made.
    pub missed: i64,
    /// When that was noticed last.
    pub missed_at: Option<DateTime<Utc>>,
    /// How its last attempt that is still in history ended.
    pub last_outcome: Option<String>,
}

/// The whole timetable, by name.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn schedule(platform: &Platform) -> Result<Vec<EntryRow>, DataError> {
    let sql = "select s.name, s.cron, s.zone, s.kind, s.enabled, s.last_tick, s.next_tick, s.missed, s.missed_at, r.outcome as last_outcome \
               from job_schedule s left join lateral (select outcome from job_runs r where r.kind = s.kind order by r.finished_at desc, r.job_id desc limit 1) r on true \
               where s.known order by s.name";
    let tx = platform.begin().await?;
    let found = tx.all(sql, []).await?;
    tx.commit().await?;
    Ok(found)
}

/// Enqueues the entry's job now, whatever its next tick; `None` when one that was asked for so is still live.
///
/// # Errors
/// [`DataError::NotFound`] when there is no such entry.
pub async fn run_now(platform: &Platform, name: &str, by: &By) -> Result<Option<JobId>, DataError> {
    let tx = platform.begin().await?;
    let made = timetable::enqueue_now(&tx, name, by.actor).await?;
    note(&tx, by, "run_now", name, json!({"job": made})).await?;
    tx.commit().await?;
    Ok(made)
}

/// Lets an entry tick again, from now on: what it did not tick meanwhile is not made up for. Whether it changed.
///
/// # Errors
/// [`DataError::NotFound`] when there is no such entry.
pub async fn enable(platform: &Platform, name: &str, by: &By) -> Result<bool, DataError> {
    switch(platform, name, by, true).await
}

/// Keeps an entry from ticking. Whether it changed.
///
/// # Errors
/// [`DataError::NotFound`] when there is no such entry.
pub async fn disable(platform: &Platform, name: &str, by: &By) -> Result<bool, DataError> {
    switch(platform, name, by, false).await
}

async fn switch(platform: &Platform, name: &str, by: &By, on: bool) -> Result<bool, DataError> {
    let tx = platform.begin().await?;
    let next = timetable::next_of(&tx, name).await?;
    let sql = "update job_schedule set enabled = $2, next_tick = $3 where name = $1 and enabled <> $2";
    let changed = tx.run(sql, [name.into(), on.into(), next.into()]).await? > 0;
    if changed {
        note(&tx, by, if on { "enable" } else { "disable" }, name, json!({})).await?;
    }
    tx.commit().await?;
    Ok(changed)
}
