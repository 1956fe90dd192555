//! A worker's life as others see it: known, seen every few seconds, gone; and what becomes of the jobs of one that
//! died. Who is silent is judged by PostgreSQL's clock alone, by which workers are seen as well.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DurationRound, TimeDelta};
use domain::jobs::CRASHES;
use uuid::Uuid;

use super::Engine;
use crate::error::DataError;
use crate::queue::Lease;

/// How a worker introduces itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Introduction {
    /// The program's version.
    pub version: String,
    /// The queues that it serves.
    pub queues: Vec<&'static str>,
    /// Jobs at once, of all queues.
    pub slots: i32,
}

/// What a worker learns when it shows itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Beat {
    /// It holds these jobs; whatever else it works on was called off.
    Holds(HashSet<Lease>),
    /// It was thought dead and its jobs were given to others.
    Lost,
}

impl Engine {
    pub(super) async fn introduce(&self, introduction: &Introduction) -> Result<(), DataError> {
        // SQL: on the worker's own connections, by PostgreSQL's clock.
        let sql = "insert into job_workers (id, host, pid, version, queues, slots, started_at, seen_at, state) \
                   values ($1, $2, $3, $4, $5, $6, clock_timestamp(), clock_timestamp(), 'working')";
        sqlx::query(sql)
            .bind(self.worker.0)
            .bind(host())
            .bind(i32::try_from(std::process::id()).unwrap_or_default())
            .bind(&introduction.version)
            .bind(&introduction.queues)
            .bind(introduction.slots)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Shows that this worker is alive.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn beat(&self) -> Result<Beat, DataError> {
        // SQL: on the worker's own connections, by PostgreSQL's clock.
        let sql = "update job_workers set seen_at = clock_timestamp() where id = $1 and state <> 'lost'";
        if sqlx::query(sql).bind(self.worker.0).execute(&self.pool).await?.rows_affected() == 0 {
            return Ok(Beat::Lost);
        }
        // SQL: on the worker's own connections, whose plans are fixed.
        let sql = "select tenant_id, id, fence from jobs where state = 'running' and worker_id = $1";
        let held: Vec<(Uuid, Uuid, i64)> = sqlx::query_as(sql).bind(self.worker.0).fetch_all(&self.pool).await?;
        let lease = |(tenant, job, fence): (Uuid, Uuid, i64)| Lease {
            tenant: tenant.into(),
            job: job.into(),
            worker: self.worker,
            fence,
        };
        Ok(Beat::Holds(held.into_iter().map(lease).collect()))
    }

    /// Says that this worker takes no more jobs.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn stopping(&self) -> Result<(), DataError> {
        self.state("stopping").await
    }

    /// Says that this worker is gone. What it still holds is free for others at once.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn leave(&self) -> Result<(), DataError> {
        self.state("stopped").await
    }

    /// Lets go of a job that this worker holds and does not work on; not a try.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn let_go(&self, lease: &Lease) -> Result<(), DataError> {
        // SQL: on the worker's own connections, with arithmetic on what the row says.
        let sql = "update jobs set state = 'ready', worker_id = null, fence = fence + 1, attempt = greatest(0, attempt - 1) \
                   where tenant_id = $1 and id = $2 and worker_id = $3 and fence = $4";
        let query = sqlx::query(sql).bind(lease.tenant.0).bind(lease.job.0).bind(lease.worker.0).bind(lease.fence);
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// Gives up workers that were not seen for `silence`, and frees their jobs: these run again, or are parked when their
    /// process died for the third time. How many. One worker does it at a time.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn rescue(&self, silence: Duration) -> Result<u64, DataError> {
        let now = self.db.clock().now();
        let mut tx = self.pool.begin().await?;
        // SQL: a lock by number has no table.
        let mine: bool = sqlx::query_scalar("select pg_try_advisory_xact_lock(7043)").fetch_one(&mut *tx).await?;
        if !mine {
            return Ok(0);
        }
        // SQL: on the worker's own connections, by PostgreSQL's clock.
        let sql = "update job_workers set state = 'lost' where state in ('working', 'stopping') and seen_at < clock_timestamp() - $1 * interval '1 millisecond'";
        let silence = i64::try_from(silence.as_millis()).unwrap_or(i64::MAX);
        sqlx::query(sql).bind(silence).execute(&mut *tx).await?;
        // SQL: jobs are freed or parked, written down and counted in one statement.
        let sql = "with old as materialized (select * from jobs j where state = 'running' \
                 and not exists (select from job_workers w where w.id = j.worker_id and w.state in ('working', 'stopping')) for update skip locked), \
               moved as (update jobs j set state = case when j.crashes + 1 >= $2 then 'parked' else 'ready' end, crashes = j.crashes + 1, attempt = greatest(0, j.attempt - 1), \
                   fence = j.fence + 1, worker_id = null, run_at = $1, last_error = 'its process died while it ran' \
                 from old o where j.tenant_id = o.tenant_id and j.id = o.id returning j.tenant_id, j.id, j.state), \
               ended as (insert into job_runs (tenant_id, job_id, fence, kind, queue, key, payload, attempt, outcome, enqueued_at, ready_at, started_at, finished_at, wait_ms, run_ms, error, worker_id) \
                 select o.tenant_id, o.id, o.fence, o.kind, o.queue, o.key, o.payload, o.attempt, case when m.state = 'parked' then 'parked' else 'crashed' end, o.enqueued_at, o.run_at, \
                   o.started_at, $1::timestamptz, greatest(0, (extract(epoch from o.started_at - o.run_at) * 1000)::bigint), \
                   greatest(0, (extract(epoch from $1::timestamptz - o.started_at) * 1000)::bigint), 'its process died while it ran', o.worker_id \
                 from old o join moved m on m.tenant_id = o.tenant_id and m.id = o.id returning kind, queue, outcome), \
               counted as (insert into job_minutes as c (minute, kind, queue, crashed, parked) \
                 select $3, kind, queue, count(*) filter (where outcome = 'crashed'), count(*) filter (where outcome = 'parked') from ended group by kind, queue \
                 on conflict (minute, kind, queue) do update set crashed = c.crashed + excluded.crashed, parked = c.parked + excluded.parked) \
               select count(*) from ended";
        let minute = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
        let rescued: i64 =
            sqlx::query_scalar(sql).bind(now).bind(i32::from(CRASHES)).bind(minute).fetch_one(&mut *tx).await?;
        tx.commit().await?;
        Ok(rescued.unsigned_abs())
    }

    async fn state(&self, state: &str) -> Result<(), DataError> {
        // SQL: on the worker's own connections, by PostgreSQL's clock.
        let sql = "update job_workers set state = $2, seen_at = clock_timestamp() where id = $1 and state <> 'lost'";
        sqlx::query(sql).bind(self.worker.0).bind(state).execute(&self.pool).await?;
        Ok(())
    }
}

fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if name.trim().is_empty() { "unknown".into() } else { name.trim().to_owned() }
}
