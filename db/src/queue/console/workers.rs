//! Who works, and at what.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::ids::{JobId, TenantId, WorkerId};
use domain::jobs::JobState;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::jobs::{self, JobRow};
use crate::entities::enums::WorkerState;
use crate::entities::extras::is;
use crate::entities::text::Text;
use crate::entities::{AllTenantsQueries, SharedQueries, job, job_worker};
use crate::error::DataError;
use crate::platform::Platform;

/// A worker.
#[derive(Clone, PartialEq, Debug)]
pub struct WorkerRow {
    /// One life of it.
    pub id: WorkerId,
    /// The machine.
    pub host: String,
    /// The process.
    pub pid: i32,
    /// The program's version.
    pub version: String,
    /// The queues that it serves.
    pub queues: Vec<String>,
    /// Jobs at once, of all queues.
    pub slots: i32,
    /// Since when.
    pub started_at: DateTime<Utc>,
    /// When it was seen last.
    pub seen_at: DateTime<Utc>,
    /// What it is doing.
    pub state: WorkerState,
    /// What it does now, longest first.
    pub jobs: Vec<AtWork>,
}

/// A job at work.
#[derive(Clone, PartialEq, Debug)]
pub struct AtWork {
    /// Whose.
    pub tenant: TenantId,
    /// That tenant's name in addresses.
    pub tenant_slug: Option<String>,
    /// The job.
    pub id: JobId,
    /// Which work.
    pub kind: String,
    /// Its key.
    pub key: Option<String>,
    /// Which try.
    pub attempt: i16,
    /// Since when.
    pub started_at: Option<DateTime<Utc>>,
}

/// Workers of the last day with what they do now, up to 200, those at work first. Two statements.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn workers(platform: &Platform) -> Result<Vec<WorkerRow>, DataError> {
    let tx = platform.begin().await?;
    let gone = job_worker::Column::State.is_in([WorkerState::Stopped, WorkerState::Lost]);
    let workers = tx.find_shared::<job_worker::Entity>().order_by_asc(gone);
    let workers = workers.order_by_desc(job_worker::Column::StartedAt).limit(200).all(tx.conn()).await?;
    let running = tx
        .find_all::<job::Entity>()
        .filter(is(job::Column::State, Text(JobState::Running)))
        .order_by_asc(job::Column::StartedAt)
        .limit(5_000);
    let running = jobs::with_tenant(running).into_model::<jobs::Row>().all(tx.conn()).await?;
    tx.commit().await?;
    let mut work: HashMap<WorkerId, Vec<AtWork>> = HashMap::new();
    for job in running.into_iter().map(JobRow::from) {
        let Some(worker) = job.worker else { continue };
        work.entry(worker).or_default().push(AtWork {
            tenant: job.tenant,
            tenant_slug: job.tenant_slug,
            id: job.id,
            kind: job.kind,
            key: job.key,
            attempt: job.attempt,
            started_at: job.started_at,
        });
    }
    let row = |row: job_worker::Model| WorkerRow {
        jobs: work.remove(&row.id.into()).unwrap_or_default(),
        id: row.id.into(),
        host: row.host,
        pid: row.pid,
        version: row.version,
        queues: row.queues,
        slots: row.slots,
        started_at: row.started_at,
        seen_at: row.seen_at,
        state: row.state,
    };
    Ok(workers.into_iter().map(row).collect())
}
