//! The timetable as people see it.

use chrono::{DateTime, Utc};
use domain::ids::JobId;
use domain::jobs::RunOutcome;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set};
use serde_json::json;

use super::notes::{By, note};
use crate::entities::text::Text;
use crate::entities::{AllTenantsQueries, SharedQueries, job_run, job_schedule};
use crate::error::DataError;
use crate::platform::Platform;
use crate::queue::timetable;

/// An entry of the timetable.
#[derive(Clone, PartialEq, Eq, Debug)]
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
    pub last_outcome: Option<RunOutcome>,
}

#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    entry: job_schedule::Model,
    last_outcome: Option<Text<RunOutcome>>,
}

/// The whole timetable, by name. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn schedule(platform: &Platform) -> Result<Vec<EntryRow>, DataError> {
    let tx = platform.begin().await?;
    // The newest attempt of each kind: one step into `job_runs_kind`.
    let newest = tx
        .find_all::<job_run::Entity>()
        .select_only()
        .column(job_run::Column::Outcome)
        .filter(job_run::Column::Kind.into_expr().eq(job_schedule::Column::Kind.into_expr()))
        .order_by_desc(job_run::Column::FinishedAt)
        .order_by_desc(job_run::Column::JobId)
        .limit(1);
    let entries = tx
        .find_shared::<job_schedule::Entity>()
        .expr_as(SimpleExpr::from(newest.into_query()), "last_outcome")
        .filter(job_schedule::Column::Known.eq(true))
        .order_by_asc(job_schedule::Column::Name);
    let found = entries.into_model::<Row>().all(tx.conn()).await?;
    tx.commit().await?;
    let row = |Row { entry, last_outcome }: Row| EntryRow {
        name: entry.name,
        cron: entry.cron,
        zone: entry.zone,
        kind: entry.kind,
        enabled: entry.enabled,
        last_tick: entry.last_tick,
        next_tick: entry.next_tick,
        missed: entry.missed,
        missed_at: entry.missed_at,
        last_outcome: last_outcome.map(|outcome| *outcome),
    };
    Ok(found.into_iter().map(row).collect())
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
    let set = job_schedule::ActiveModel { enabled: Set(on), next_tick: Set(next), ..Default::default() };
    let switched = tx
        .update_shared()
        .set(set)
        .filter(job_schedule::Column::Name.eq(name))
        .filter(job_schedule::Column::Enabled.ne(on));
    let changed = switched.exec(tx.conn()).await?.rows_affected > 0;
    if changed {
        note(&tx, by, if on { "enable" } else { "disable" }, name, json!({})).await?;
    }
    tx.commit().await?;
    Ok(changed)
}
