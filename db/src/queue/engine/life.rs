//! A worker's life as others see it: known, seen every few seconds, gone.

use std::collections::HashSet;

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
