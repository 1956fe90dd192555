//! The end of an attempt: what became of it, and the row of history, in one statement and one commit.

use chrono::{DateTime, Utc};
use domain::jobs::RunOutcome;
use serde_json::Value;

use super::{Claimed, Engine};
use crate::error::DataError;
use crate::queue::finish::DONE;

/// What an attempt came to.
#[derive(Clone, PartialEq, Debug)]
pub enum Ended {
    /// Done.
    Done,
    /// Was finished in the transaction of its effect already.
    Finished,
    /// There is nothing to do, for this reason.
    Cancelled(String),
    /// Failed; tried again then.
    Failed(String, DateTime<Utc>),
    /// Failed for the last time.
    Dead(String),
    /// Asks to be called again then; not a try.
    Snoozed(DateTime<Utc>),
    /// Its worker is stopping, or does not know this kind of work: somebody else may go on then; not a try.
    Released(String, DateTime<Utc>),
}

/// Whether the end of an attempt was taken note of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Settled {
    /// It was.
    Kept,
    /// Somebody else holds the job by now, or it was called off: nothing was written.
    Stale,
}

impl Ended {
    /// As history has it.
    pub const fn outcome(&self) -> RunOutcome {
        match self {
            Self::Done | Self::Finished => RunOutcome::Done,
            Self::Cancelled(_) => RunOutcome::Cancelled,
            Self::Failed(..) => RunOutcome::Failed,
            Self::Dead(_) => RunOutcome::Dead,
            Self::Snoozed(_) | Self::Released(..) => RunOutcome::Snoozed,
        }
    }
}

// SQL: the job moves on and its attempt comes in one statement.
// `$1..$4` are the lease.
const AGAIN: &str = "with moved as (update jobs set state = $5, run_at = $6, waits_for = $7, worker_id = null, attempt = attempt - $8, last_error = coalesce($9, last_error) \
      where tenant_id = $1 and id = $2 and worker_id = $3 and fence = $4 returning *) \
    insert into job_runs (tenant_id, job_id, fence, kind, queue, key, payload, attempt, outcome, enqueued_at, ready_at, started_at, finished_at, wait_ms, run_ms, error, log, worker_id) \
    select tenant_id, id, fence, kind, queue, key, payload, attempt + $8, $10, enqueued_at, $11, started_at, $12::timestamptz, \
      greatest(0, (extract(epoch from started_at - $11) * 1000)::bigint), greatest(0, (extract(epoch from $12::timestamptz - started_at) * 1000)::bigint), $13, $14, $3 from moved";

impl Engine {
    /// Writes down what an attempt came to, and what it said.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn settle(&self, job: &Claimed, ended: &Ended, log: Option<Value>) -> Result<Settled, DataError> {
        let now = self.db.clock().now();
        let settled = match ended {
            Ended::Finished => self.say(job, log).await?,
            Ended::Done => self.end(job, RunOutcome::Done, None, log.clone(), now).await?,
            Ended::Cancelled(reason) => {
                self.end(job, RunOutcome::Cancelled, Some(reason.clone()), log.clone(), now).await?
            }
            Ended::Failed(error, at) => {
                let next = Next { state: "scheduled", at: *at, waits_for: Some("backoff"), back: 0 };
                self.again(job, ended.outcome(), next, Some(error), log.clone(), now).await?
            }
            Ended::Dead(error) => {
                let next = Next { state: "dead", at: now, waits_for: None, back: 0 };
                self.again(job, ended.outcome(), next, Some(error), log.clone(), now).await?
            }
            Ended::Snoozed(at) => {
                let next = Next { state: "scheduled", at: *at, waits_for: Some("snoozed"), back: 1 };
                self.again(job, ended.outcome(), next, None, log.clone(), now).await?
            }
            Ended::Released(why, at) => {
                let next = Next { state: "scheduled", at: *at, waits_for: Some("released"), back: 1 };
                self.again(job, ended.outcome(), next, Some(why), log.clone(), now).await?
            }
        };
        if settled == Settled::Stale {
            self.note_stale(job).await?;
        }
        Ok(settled)
    }

    /// The plan by which a job is taken away, for tests.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    // SQL: the plan that the engine's sessions use.
    #[cfg(feature = "testing")]
    pub async fn explain_done(&self) -> Result<String, DataError> {
        use sqlx::{AssertSqlSafe, Executor};
        let mut tx = self.pool.begin().await?;
        tx.execute("set local plan_cache_mode = force_generic_plan").await?;
        let types = "uuid, uuid, uuid, bigint, text, timestamptz, text, jsonb";
        tx.execute(AssertSqlSafe(format!("prepare done ({types}) as {DONE}"))).await?;
        let nobody = "gen_random_uuid()";
        let sql =
            format!("explain (costs off) execute done ({nobody}, {nobody}, {nobody}, 1, 'done', now(), null, null)");
        let lines: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut *tx).await?;
        tx.execute("deallocate done").await?;
        tx.rollback().await?;
        Ok(lines.join("\n"))
    }

    async fn end(
        &self,
        job: &Claimed,
        outcome: RunOutcome,
        error: Option<String>,
        log: Option<Value>,
        now: DateTime<Utc>,
    ) -> Result<Settled, DataError> {
        let done = self.with_lease(DONE, job).bind(outcome.as_str()).bind(now).bind(error).bind(log);
        Ok(kept(done.execute(&self.pool).await?.rows_affected()))
    }

    async fn again(
        &self,
        job: &Claimed,
        outcome: RunOutcome,
        next: Next,
        error: Option<&String>,
        log: Option<Value>,
        now: DateTime<Utc>,
    ) -> Result<Settled, DataError> {
        // A worker that lets go is no fault of the job.
        let fault = error.filter(|_| next.back == 0);
        let moved = self
            .with_lease(AGAIN, job)
            .bind(next.state)
            .bind(next.at)
            .bind(next.waits_for)
            .bind(next.back)
            .bind(fault)
            .bind(outcome.as_str())
            .bind(job.ready_at)
            .bind(now)
            .bind(error)
            .bind(log);
        Ok(kept(moved.execute(&self.pool).await?.rows_affected()))
    }

    // What a job said that was finished in the transaction of its effect.
    async fn say(&self, job: &Claimed, log: Option<Value>) -> Result<Settled, DataError> {
        let Some(log) = log else { return Ok(Settled::Kept) };
        // SQL: on the worker's own connections, whose plans are fixed.
        let sql = "update job_runs set log = $5 where tenant_id = $1 and job_id = $2 and worker_id = $3 and fence = $4";
        self.with_lease(sql, job).bind(log).execute(&self.pool).await?;
        Ok(Settled::Kept)
    }

    // History says that the worker was not dead after all, and was refused. What was called off stays so.
    async fn note_stale(&self, job: &Claimed) -> Result<(), DataError> {
        // SQL: on the worker's own connections, whose plans are fixed.
        let sql = "update job_runs set outcome = 'stale', error = 'its worker was thought dead, came back and was refused' \
                   where tenant_id = $1 and job_id = $2 and worker_id = $3 and fence = $4 and outcome in ('crashed', 'parked')";
        self.with_lease(sql, job).execute(&self.pool).await?;
        Ok(())
    }

    fn with_lease(
        &self,
        sql: &'static str,
        job: &Claimed,
    ) -> sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments> {
        let lease = &job.lease;
        sqlx::query(sql).bind(lease.tenant.0).bind(lease.job.0).bind(lease.worker.0).bind(lease.fence)
    }
}

struct Next {
    state: &'static str,
    at: DateTime<Utc>,
    waits_for: Option<&'static str>,
    // Tries that are taken back.
    back: i16,
}

const fn kept(rows: u64) -> Settled {
    if rows > 0 { Settled::Kept } else { Settled::Stale }
}
