//! Making jobs ready when their time has come, and taking them, fairly between tenants.
//!
//! A claim for `n` jobs walks from tenant to tenant along the index, beginning after the tenant where the last one ended,
//! and takes from each of up to `n` tenants an equal share, oldest and most urgent first. So of `t` tenants with work, each
//! gets a job within `t / n` claims, rounded up: with no more tenants than free places, within one. How much work another
//! tenant has does not matter, and does not slow the claim down.

use chrono::{DateTime, Utc};
use domain::ids::{JobId, TenantId, WorkerId};
use serde_json::Value;
use uuid::Uuid;

use super::Engine;
use crate::error::DataError;
use crate::queue::Lease;

// Jobs made ready in one statement.
const STAGED: u64 = 1_000;

/// A job that this worker holds.
#[derive(Clone, PartialEq, Debug)]
pub struct Claimed {
    /// The hold.
    pub lease: Lease,
    /// Which work.
    pub kind: String,
    /// Its queue.
    pub queue: &'static str,
    /// What it is about.
    pub payload: Value,
    /// Which try, from 1.
    pub attempt: i16,
    /// Tries before it is dead.
    pub max_attempts: i16,
    /// How often its process died.
    pub crashes: i16,
    /// Since when it could run.
    pub ready_at: DateTime<Utc>,
    /// When it was taken.
    pub started_at: DateTime<Utc>,
}

/// A place in the round of tenants, one for each queue of a worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Claim {
    queue: &'static str,
    after: Uuid,
}

// Tenant, job, kind, payload, attempt, most attempts, crashes, fence, since when it could run.
type Row = (Uuid, Uuid, String, Value, i16, i16, i16, i64, DateTime<Utc>);

impl Claim {
    /// The beginning of a round.
    pub const fn of(queue: &'static str) -> Self {
        Self { queue, after: Uuid::max() }
    }

    /// The queue.
    pub const fn queue(&self) -> &'static str {
        self.queue
    }
}

// SQL: a walk along an index from tenant to tenant that locks and takes in one statement, whose plan is tested.
// The next tenant after a place, or else the first of all; until the round is whole or there are enough.
const FAIR: &str = "with recursive walk (tenant_id, first, n) as ( \
        select x.next, x.next, 1 from (select coalesce( \
            (select tenant_id from jobs where queue = $1 and state = 'ready' and crashes = 0 and tenant_id > $2 order by tenant_id limit 1), \
            (select tenant_id from jobs where queue = $1 and state = 'ready' and crashes = 0 order by tenant_id limit 1)) as next) x \
          where x.next is not null and not exists (select from job_queues where name = $1 and paused_at is not null) \
        union all \
        select x.next, w.first, w.n + 1 from walk w cross join lateral (select coalesce( \
            (select tenant_id from jobs where queue = $1 and state = 'ready' and crashes = 0 and tenant_id > w.tenant_id order by tenant_id limit 1), \
            (select tenant_id from jobs where queue = $1 and state = 'ready' and crashes = 0 order by tenant_id limit 1)) as next) x \
          where w.n < $3 and x.next <> w.first), \
    picked as materialized (select j.tenant_id, j.id, w.n from walk w cross join lateral ( \
        select tenant_id, id from jobs where queue = $1 and state = 'ready' and crashes = 0 and tenant_id = w.tenant_id \
          order by priority, run_at, id limit (select greatest(1, $3 / count(*)) from walk) for update skip locked) j), \
    taken as (update jobs j set state = 'running', worker_id = $4, started_at = $5, attempt = j.attempt + 1, fence = j.fence + 1, waits_for = null \
        from picked p where j.tenant_id = p.tenant_id and j.id = p.id \
        returning j.tenant_id, j.id, j.kind, j.payload, j.attempt, j.max_attempts, j.crashes, j.fence, j.run_at, p.n) \
    select tenant_id, id, kind, payload, attempt, max_attempts, crashes, fence, run_at from taken order by n";

// SQL: found, locked and taken in one statement.
const SUSPECT: &str = "with picked as materialized (select tenant_id, id from jobs where queue = $1 and state = 'ready' and crashes > 0 \
          and not exists (select from job_queues where name = $1 and paused_at is not null) order by run_at, id limit 1 for update skip locked) \
    update jobs j set state = 'running', worker_id = $2, started_at = $3, attempt = j.attempt + 1, fence = j.fence + 1, waits_for = null \
      from picked p where j.tenant_id = p.tenant_id and j.id = p.id \
      returning j.tenant_id, j.id, j.kind, j.payload, j.attempt, j.max_attempts, j.crashes, j.fence, j.run_at";

impl Engine {
    /// Makes ready what is due; how many jobs.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn stage(&self) -> Result<u64, DataError> {
        // SQL: found, locked and made ready in one statement.
        let sql = "with due as materialized (select tenant_id, id from jobs where state = 'scheduled' and run_at <= $1 order by run_at, id limit 1000 for update skip locked) \
                   update jobs j set state = 'ready', waits_for = null from due d where j.tenant_id = d.tenant_id and j.id = d.id";
        let now = self.db.clock().now();
        let mut staged = 0;
        loop {
            let batch = sqlx::query(sql).bind(now).execute(&self.pool).await?.rows_affected();
            staged += batch;
            if batch < STAGED {
                return Ok(staged);
            }
        }
    }

    /// Takes up to `limit` jobs; the place in the round moves on. Fewer than `limit` does not mean that there are no more:
    /// only none does.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn claim(&self, place: &mut Claim, limit: i64) -> Result<Vec<Claimed>, DataError> {
        let now = self.db.clock().now();
        let rows: Vec<Row> = sqlx::query_as(FAIR)
            .bind(place.queue)
            .bind(place.after)
            .bind(limit)
            .bind(self.worker.0)
            .bind(now)
            .fetch_all(&self.pool)
            .await?;
        if let Some(last) = rows.last() {
            place.after = last.0;
        }
        Ok(rows.into_iter().map(|row| claimed(row, place.queue, self.worker, now)).collect())
    }

    /// Takes one job that ended with its process before. Such jobs run one at a time in each worker, so that whichever of
    /// them kills its process does not take the others' names with it.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn claim_suspect(&self, queue: &'static str) -> Result<Option<Claimed>, DataError> {
        let now = self.db.clock().now();
        let row: Option<Row> =
            sqlx::query_as(SUSPECT).bind(queue).bind(self.worker.0).bind(now).fetch_optional(&self.pool).await?;
        Ok(row.map(|row| claimed(row, queue, self.worker, now)))
    }

    /// The plan of a claim, for tests.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    #[cfg(feature = "testing")]
    pub async fn explain_claim(&self, queue: &'static str, limit: i64) -> Result<String, DataError> {
        let literal = FAIR
            .replace("$1", &format!("'{queue}'"))
            .replace("$2", "'00000000-0000-0000-0000-000000000000'::uuid")
            .replace("$3", &format!("{limit}::bigint"))
            .replace("$4", &format!("'{}'::uuid", self.worker))
            .replace("$5", "now()");
        let mut tx = self.pool.begin().await?;
        // SQL: the plan of the claim.
        let sql = sqlx::AssertSqlSafe(format!("explain (analyze, buffers, costs off, timing off) {literal}"));
        let lines: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *tx).await?;
        tx.rollback().await?;
        Ok(lines.join("\n"))
    }
}

fn claimed(row: Row, queue: &'static str, worker: WorkerId, now: DateTime<Utc>) -> Claimed {
    let (tenant, id, kind, payload, attempt, max_attempts, crashes, fence, ready_at) = row;
    Claimed {
        lease: Lease { tenant: TenantId(tenant), job: JobId(id), worker, fence },
        kind,
        queue,
        payload,
        attempt,
        max_attempts,
        crashes,
        ready_at,
        started_at: now,
    }
}
