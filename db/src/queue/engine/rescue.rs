//! Jobs of workers that died. Who is silent is judged by PostgreSQL's clock alone, by which workers are seen as well.

use std::time::Duration;

use chrono::{DurationRound, TimeDelta};
use domain::jobs::CRASHES;

use super::Engine;
use crate::error::DataError;

impl Engine {
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
}
