//! Why a live job does not run, in words.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::jobs::JobState;
use sea_orm::FromQueryResult;

use super::jobs::JobRow;
use crate::error::DataError;
use crate::reader::Reader;

/// One reason why a job does not run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Waiting {
    /// Its queue is paused.
    Paused {
        /// The queue.
        queue: String,
        /// Since when.
        since: DateTime<Utc>,
        /// By whom.
        by: String,
        /// Why.
        reason: String,
    },
    /// Nobody listens to its queue.
    NoWorker {
        /// The queue.
        queue: String,
    },
    /// It was enqueued for a time that has not come.
    Later(DateTime<Utc>),
    /// Its last try failed; it is tried again then.
    Backoff {
        /// When.
        until: DateTime<Utc>,
        /// The tries that failed.
        attempt: i16,
        /// Tries before it is dead.
        of: i16,
        /// What went wrong.
        error: String,
    },
    /// It asked to be called again then; mostly it waits for a lock or for other work on the same thing.
    Snoozed(DateTime<Utc>),
    /// Its worker was stopping; another takes it up.
    Released(DateTime<Utc>),
    /// Others of its tenant go first, so many (counted up to 10,000), and tenants take turns.
    Behind(i64),
    /// It ended with its process before: such jobs run one at a time in each worker.
    Suspect(i16),
    /// It failed as often as it may, or its process died as often: a person must decide.
    NeedsAPerson {
        /// Dead or parked.
        state: JobState,
        /// Tries or crashes.
        times: i16,
    },
    /// Nothing stands in its way: the next free worker takes it.
    Next,
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |at: &DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
        match self {
            Self::Paused { queue, since, by, reason } => {
                write!(f, "The queue {queue} was paused at {} by {by}: {reason}", at(since))
            }
            Self::NoWorker { queue } => {
                write!(f, "No worker serves the queue {queue}. Start one with: stoa worker")
            }
            Self::Later(until) => write!(f, "Scheduled for {}", at(until)),
            Self::Backoff { until, attempt, of, error } => {
                write!(f, "Attempt {attempt} of {of} failed ({error}). The next attempt is at {}", at(until))
            }
            Self::Snoozed(until) => {
                write!(f, "Waiting for another task. The next attempt is at {}", at(until))
            }
            Self::Released(until) => write!(f, "Its worker stopped. It continues after {}", at(until)),
            Self::Behind(1) => f.write_str("1 job of the same tenant runs first"),
            Self::Behind(count) => write!(f, "{count} jobs of the same tenant run first. Tenants take turns"),
            Self::Suspect(crashes) => {
                write!(f, "Its process crashed {crashes} times. Such jobs run one at a time in each worker")
            }
            Self::NeedsAPerson { state: JobState::Parked, times } => {
                write!(f, "Its process crashed {times} times. Retry it to run it again")
            }
            Self::NeedsAPerson { times, .. } => {
                write!(f, "It failed {times} times. Retry it to run it again")
            }
            Self::Next => f.write_str("It starts as soon as a worker is free"),
        }
    }
}

#[derive(FromQueryResult)]
struct QueueState {
    paused_at: Option<DateTime<Utc>>,
    paused_by: Option<String>,
    reason: Option<String>,
    workers: i64,
}

#[derive(FromQueryResult)]
struct AheadRow {
    ahead: i64,
}

pub(super) async fn why(reader: Reader<'_>, job: &JobRow, now: DateTime<Utc>) -> Result<Vec<Waiting>, DataError> {
    let mut found = Vec::new();
    match job.state {
        JobState::Running => return Ok(found),
        JobState::Dead => return Ok(vec![Waiting::NeedsAPerson { state: job.state, times: job.attempt }]),
        JobState::Parked => return Ok(vec![Waiting::NeedsAPerson { state: job.state, times: job.crashes }]),
        JobState::Scheduled if job.run_at > now => found.push(until(job)),
        JobState::Ready | JobState::Scheduled => {}
    }
    if let Some(queue) = queue_state(reader, &job.queue).await? {
        if let Some(since) = queue.paused_at {
            found.push(Waiting::Paused {
                queue: job.queue.clone(),
                since,
                by: queue.paused_by.unwrap_or_default(),
                reason: queue.reason.unwrap_or_default(),
            });
        }
        if queue.workers == 0 {
            found.push(Waiting::NoWorker { queue: job.queue.clone() });
        }
    }
    if job.state == JobState::Ready {
        let ahead = ahead(reader, job).await?;
        if job.crashes > 0 {
            found.push(Waiting::Suspect(job.crashes));
        } else if ahead > 0 {
            found.push(Waiting::Behind(ahead));
        }
    }
    if found.is_empty() {
        found.push(Waiting::Next);
    }
    Ok(found)
}

fn until(job: &JobRow) -> Waiting {
    match job.waits_for.as_deref() {
        Some("backoff") => Waiting::Backoff {
            until: job.run_at,
            attempt: job.attempt,
            of: job.max_attempts,
            error: job.last_error.clone().unwrap_or_default(),
        },
        Some("snoozed") => Waiting::Snoozed(job.run_at),
        Some("released") => Waiting::Released(job.run_at),
        _ => Waiting::Later(job.run_at),
    }
}

async fn queue_state(reader: Reader<'_>, queue: &str) -> Result<Option<QueueState>, DataError> {
    // A tenant's statement has the tenant as $1, needed or not.
    let (condition, place) = match reader {
        Reader::Tenant(_) => ("where $1::uuid is not null", "$2"),
        Reader::Platform(_) => ("", "$1"),
    };
    let sql = format!(
        "select p.paused_at, p.paused_by, p.reason, (select count(*) from job_workers \
           where {place} = any(queues) and state = 'working' and seen_at > clock_timestamp() - interval '30 seconds') workers \
         from (select {place}::text as name) q left join job_queues p on p.name = q.name {condition}"
    );
    reader.one(&sql, vec![queue.into()]).await
}

async fn ahead(reader: Reader<'_>, job: &JobRow) -> Result<i64, DataError> {
    let mut conditions = reader.conditions();
    conditions.add("j.tenant_id = ?", job.tenant.0);
    conditions.add("j.queue = ?", job.queue.clone());
    conditions.add_plain("j.state = 'ready' and j.crashes = 0");
    let places: Vec<String> = [job.priority.into(), job.run_at.into(), job.id.0.into()]
        .map(|value: sea_orm::Value| conditions.place(value))
        .into();
    conditions.add_plain(&format!("(j.priority, j.run_at, j.id) < ({})", places.join(", ")));
    let sql = format!("select count(*) ahead from (select from jobs j {} limit 10000) s", conditions.sql());
    let row: Option<AheadRow> = reader.one(&sql, conditions.values()).await?;
    Ok(row.map_or(0, |row| row.ahead))
}
