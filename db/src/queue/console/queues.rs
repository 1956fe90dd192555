//! Queues: how deep, how old, paused or not.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, Set};
use serde_json::json;

use super::notes::{By, note};
use crate::entities::{SharedQueries, job_queue};
use crate::error::DataError;
use crate::platform::Platform;
use crate::queue::QUEUES;

/// A queue.
#[derive(Clone, PartialEq, Eq, Debug, FromQueryResult)]
pub struct QueueRow {
    /// Its name.
    pub name: String,
    /// Jobs that could run, counted up to 10,000.
    pub ready: i64,
    /// Jobs that run.
    pub running: i64,
    /// Since when the oldest of those that could run could, among the first of every tenant.
    pub oldest: Option<DateTime<Utc>>,
    /// Workers that listen to it and were seen in the last 30 seconds.
    pub workers: i64,
    /// Since when it is paused, if it is.
    pub paused_at: Option<DateTime<Utc>>,
    /// Who paused it.
    pub paused_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// Every queue. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn queues(platform: &Platform) -> Result<Vec<QueueRow>, DataError> {
    // SQL: every queue, whether or not it has jobs, with counts that end and steps into indexes, in one statement.
    let sql = "select q.name, r.ready, coalesce(s.running, 0)::bigint running, o.oldest, w.workers, p.paused_at, p.paused_by, p.reason \
               from unnest($1::text[]) with ordinality q (name, place) \
               cross join lateral (select count(*) ready from (select from jobs where state = 'ready' and queue = q.name limit 10000) s) r \
               left join (select queue, count(*) running from jobs where state = 'running' group by 1) s on s.queue = q.name \
               cross join lateral (select min(j.run_at) oldest from (select run_at from jobs where state = 'ready' and queue = q.name order by run_at, id limit 1) j) o \
               cross join lateral (select count(*) workers from job_workers where q.name = any(queues) and state = 'working' and seen_at > clock_timestamp() - interval '30 seconds') w \
               left join job_queues p on p.name = q.name order by q.place";
    let tx = platform.begin().await?;
    let names: Vec<String> = QUEUES.iter().map(|&name| name.to_owned()).collect();
    let found = tx.all(sql, [names.into()]).await?;
    tx.commit().await?;
    Ok(found)
}

/// Stops workers from taking jobs of `queue`; those that run go on. Whether it changed.
///
/// # Errors
/// [`DataError::NotFound`] when there is no such queue.
pub async fn pause(platform: &Platform, queue: &str, by: &By) -> Result<bool, DataError> {
    known(queue)?;
    let tx = platform.begin().await?;
    let row = job_queue::ActiveModel {
        name: Set(queue.to_owned()),
        paused_at: Set(Some(tx.db().clock().now())),
        paused_by: Set(Some(by.actor.to_string())),
        reason: Set(Some(by.reason().to_owned())),
    };
    let known = OnConflict::column(job_queue::Column::Name)
        .update_columns([job_queue::Column::PausedAt, job_queue::Column::PausedBy, job_queue::Column::Reason])
        .action_and_where(job_queue::Column::PausedAt.is_null())
        .to_owned();
    let changed = tx.insert_shared(row).on_conflict(known).exec_without_returning(tx.conn()).await? > 0;
    if changed {
        note(&tx, by, "pause", queue, json!({})).await?;
    }
    tx.commit().await?;
    Ok(changed)
}

/// Lets workers take jobs of `queue` again. Whether it changed.
///
/// # Errors
/// [`DataError::NotFound`] when there is no such queue.
pub async fn resume(platform: &Platform, queue: &str, by: &By) -> Result<bool, DataError> {
    let queue = known(queue)?;
    let tx = platform.begin().await?;
    let runs =
        job_queue::ActiveModel { paused_at: Set(None), paused_by: Set(None), reason: Set(None), ..Default::default() };
    let resumed = tx
        .update_shared()
        .set(runs)
        .filter(job_queue::Column::Name.eq(queue))
        .filter(job_queue::Column::PausedAt.is_not_null());
    let changed = resumed.exec(tx.conn()).await?.rows_affected > 0;
    if changed {
        note(&tx, by, "resume", queue, json!({})).await?;
        tx.note_queued(queue);
    }
    tx.commit().await?;
    Ok(changed)
}

fn known(queue: &str) -> Result<&'static str, DataError> {
    QUEUES.into_iter().find(|name| *name == queue).ok_or(DataError::NotFound("queue"))
}
