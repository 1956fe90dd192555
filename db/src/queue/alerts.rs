//! What about the queue needs a person now, as data with words; and the same as gauges for Prometheus.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use domain::jobs::JobState;
use metrics::gauge;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QueryOrder};

use super::console::waiting::at_work;
use crate::entities::extras::{count_up_to, is};
use crate::entities::text::Text;
use crate::entities::{AllTenantsQueries, SharedQueries, job, job_schedule};
use crate::error::DataError;
use crate::platform::Platform;

/// A job that could run waits longer than this.
pub const WAIT: TimeDelta = TimeDelta::minutes(5);
/// So many in a hundred attempts of the last hour went wrong, and at least [`FAILURES`].
pub const FAILURE_PERCENT: i64 = 20;
/// Fewer attempts that went wrong are no alert.
pub const FAILURES: i64 = 10;
/// Jobs that wait for a person are counted up to so many.
const MOST_COUNTED: u64 = 10_000;
/// Ticks missed so long ago are no alert any more.
pub const MISSED: TimeDelta = TimeDelta::hours(24);

/// What needs a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Alert {
    /// A job that could run waits too long, and the queue is not paused.
    Wait {
        /// The queue.
        queue: String,
        /// Since when its oldest job waits.
        since: DateTime<Utc>,
    },
    /// Too many attempts of the last hour went wrong.
    Failures {
        /// Which work.
        kind: String,
        /// How many went wrong.
        failed: i64,
        /// Of how many.
        of: i64,
    },
    /// Jobs that failed for good wait for a person.
    Dead(i64),
    /// Jobs whose process died too often wait for a person.
    Parked(i64),
    /// The timetable missed ticks lately, because nobody worked.
    Missed {
        /// The entry.
        name: String,
        /// When that was noticed.
        at: DateTime<Utc>,
    },
    /// Nobody works.
    NoWorker,
}

impl Alert {
    /// Its name in metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Wait { .. } => "wait",
            Self::Failures { .. } => "failures",
            Self::Dead(_) => "dead",
            Self::Parked(_) => "parked",
            Self::Missed { .. } => "missed_tick",
            Self::NoWorker => "no_worker",
        }
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wait { queue, since } => {
                write!(
                    f,
                    "Jobs in the queue {queue} have been pending since {}. Start another worker, or check what blocks \
                     them.",
                    since.format("%Y-%m-%d %H:%M UTC")
                )
            }
            Self::Failures { kind, failed, of } => {
                write!(f, "{failed} of {of} attempts of {kind} failed in the last hour")
            }
            Self::Dead(count) => write!(f, "{count} jobs failed permanently. Retry or delete them."),
            Self::Parked(count) => write!(
                f,
                "{count} jobs are parked, because their process crashed each time. Retry \
                or delete them."
            ),
            Self::Missed { name, at } => {
                write!(
                    f,
                    "The schedule missed {name} (noticed {}). It was run once afterwards.",
                    at.format("%Y-%m-%d %H:%M UTC")
                )
            }
            Self::NoWorker => f.write_str("No worker is running. Start one with: stoa worker"),
        }
    }
}

#[derive(FromQueryResult)]
struct WaitRow {
    queue: String,
    since: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct FailureRow {
    kind: String,
    failed: i64,
    ended: i64,
}

/// All that needs a person now. Six statements.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn alerts(platform: &Platform) -> Result<Vec<Alert>, DataError> {
    let tx = platform.begin().await?;
    let now = tx.db().clock().now();
    let mut found = Vec::new();
    if at_work(tx.find_shared()).one(tx.conn()).await?.is_none() {
        found.push(Alert::NoWorker);
    }
    // SQL: the oldest job of every queue, whether or not it has one, each a step into an index.
    let waits = "select q.name queue, (select min(run_at) from (select run_at from jobs where state = 'ready' and queue = q.name order by run_at, id limit 1) j) since \
                 from unnest($1::text[]) q (name) where not exists (select from job_queues p where p.name = q.name and p.paused_at is not null)";
    let queues: Vec<String> = super::QUEUES.iter().map(|&queue| queue.to_owned()).collect();
    for WaitRow { queue, since } in tx.all(waits, [queues.into()]).await? {
        let seconds = since.map_or(0, |since| (now - since).num_seconds().max(0));
        gauge!("stoa_jobs_oldest_wait_seconds", "queue" => queue.clone())
            .set(f64::from(i32::try_from(seconds).unwrap_or(i32::MAX)));
        if let Some(since) = since.filter(|since| now - *since > WAIT) {
            found.push(Alert::Wait { queue, since });
        }
    }
    // SQL: sums by kind.
    let failures = "select kind, sum(failed + dead + crashed + parked)::bigint failed, sum(done + failed + dead + crashed + parked + cancelled)::bigint ended \
                    from job_minutes where minute >= $1 group by 1 order by 1";
    for FailureRow { kind, failed, ended } in tx.all(failures, [(now - TimeDelta::hours(1)).into()]).await? {
        if failed >= FAILURES && failed * 100 >= ended * FAILURE_PERCENT {
            found.push(Alert::Failures { kind, failed, of: ended });
        }
    }
    for (state, alert) in [(JobState::Dead, Alert::Dead as fn(i64) -> Alert), (JobState::Parked, Alert::Parked)] {
        let jobs = tx.find_all::<job::Entity>().filter(is(job::Column::State, Text(state)));
        let count = count_up_to(jobs, MOST_COUNTED, tx.conn()).await?;
        gauge!("stoa_jobs_waiting_for_a_person", "state" => state.as_str())
            .set(f64::from(i32::try_from(count).unwrap_or(i32::MAX)));
        if count > 0 {
            found.push(alert(count));
        }
    }
    let missed = tx
        .find_shared::<job_schedule::Entity>()
        .filter(job_schedule::Column::Known.eq(true))
        .filter(job_schedule::Column::Enabled.eq(true))
        .filter(job_schedule::Column::MissedAt.gt(now - MISSED))
        .order_by_asc(job_schedule::Column::Name);
    for entry in missed.all(tx.conn()).await? {
        found.extend(entry.missed_at.map(|at| Alert::Missed { name: entry.name, at }));
    }
    tx.commit().await?;
    for name in ["wait", "failures", "dead", "parked", "missed_tick", "no_worker"] {
        let raised = found.iter().filter(|alert| alert.name() == name).count();
        gauge!("stoa_jobs_alerts", "alert" => name).set(f64::from(u16::try_from(raised).unwrap_or(u16::MAX)));
    }
    Ok(found)
}
