//! Why a live job does not run, in words.

use std::fmt;

use chrono::{DateTime, Utc};
use domain::jobs::JobState;
use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{Expr, ExprTrait, Order};
use sea_orm::{ColumnTrait, QueryFilter, Select};

use super::counts::Capped;
use super::jobs::JobRow;
use crate::entities::enums::{WaitsFor, WorkerState};
use crate::entities::extras::{count_up_to, is};
use crate::entities::text::Text;
use crate::entities::{SharedQueries, job, job_queue, job_worker};
use crate::error::DataError;
use crate::keyset;
use crate::read_tx::ReadTx;

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
    /// No worker serves its queue.
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

pub(super) async fn why(read_tx: ReadTx<'_>, job: &JobRow, now: DateTime<Utc>) -> Result<Vec<Waiting>, DataError> {
    let mut found = Vec::new();
    match job.state {
        JobState::Running => return Ok(found),
        JobState::Dead => return Ok(vec![Waiting::NeedsAPerson { state: job.state, times: job.attempt }]),
        JobState::Parked => return Ok(vec![Waiting::NeedsAPerson { state: job.state, times: job.crashes }]),
        JobState::Scheduled if job.run_at > now => found.push(until(job)),
        JobState::Ready | JobState::Scheduled => {}
    }
    if let Some((since, queue)) = paused(read_tx, &job.queue).await? {
        found.push(Waiting::Paused {
            queue: queue.name,
            since,
            by: queue.paused_by.unwrap_or_default(),
            reason: queue.reason.unwrap_or_default(),
        });
    }
    if !is_served(read_tx, &job.queue).await? {
        found.push(Waiting::NoWorker { queue: job.queue.clone() });
    }
    if job.state == JobState::Ready {
        let ahead = ahead(read_tx, job).await?;
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
    match job.waits_for {
        Some(WaitsFor::Backoff) => Waiting::Backoff {
            until: job.run_at,
            attempt: job.attempt,
            of: job.max_attempts,
            error: job.last_error.clone().unwrap_or_default(),
        },
        Some(WaitsFor::Snoozed) => Waiting::Snoozed(job.run_at),
        Some(WaitsFor::Released) => Waiting::Released(job.run_at),
        Some(WaitsFor::Later) | None => Waiting::Later(job.run_at),
    }
}

async fn paused(read_tx: ReadTx<'_>, queue: &str) -> Result<Option<(DateTime<Utc>, job_queue::Model)>, DataError> {
    let queue = read_tx.find_shared::<job_queue::Entity>().filter(job_queue::Column::Name.eq(queue));
    let found = queue.one(read_tx.conn()).await?;
    Ok(found.and_then(|queue| Some((queue.paused_at?, queue))))
}

async fn is_served(read_tx: ReadTx<'_>, queue: &str) -> Result<bool, DataError> {
    let serves = Expr::val(queue).eq(PgFunc::any(job_worker::Column::Queues.into_expr()));
    let worker = at_work(read_tx.find_shared::<job_worker::Entity>()).filter(serves);
    Ok(worker.one(read_tx.conn()).await?.is_some())
}

/// The workers that were seen a moment ago.
pub(crate) fn at_work(workers: Select<job_worker::Entity>) -> Select<job_worker::Entity> {
    // By PostgreSQL's clock, by which they are seen.
    let lately = Expr::cust("job_workers.seen_at > clock_timestamp() - interval '30 seconds'");
    workers.filter(job_worker::Column::State.eq(WorkerState::Working)).filter(lately)
}

async fn ahead(read_tx: ReadTx<'_>, job: &JobRow) -> Result<i64, DataError> {
    let key = [job::Column::Priority, job::Column::RunAt, job::Column::Id].map(ColumnTrait::into_expr);
    let own = [job.priority.into(), job.run_at.into(), job.id.0.into()];
    let jobs = read_tx
        .find::<job::Entity>()
        .filter(job::Column::TenantId.eq(job.tenant.0))
        .filter(job::Column::Queue.eq(job.queue.as_str()))
        .filter(is(job::Column::State, Text(JobState::Ready)))
        .filter(is(job::Column::Crashes, 0_i16))
        .filter(keyset::beyond(key, own, &Order::Desc));
    Ok(count_up_to(jobs, Capped::CAP.unsigned_abs(), read_tx.conn()).await?)
}
