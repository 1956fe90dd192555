//! Who works, and at what.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::ids::{JobId, TenantId, WorkerId};
use sea_orm::FromQueryResult;
use uuid::Uuid;

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
    /// `working`, `stopping`, `stopped` or `lost`.
    pub state: String,
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

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    host: String,
    pid: i32,
    version: String,
    queues: Vec<String>,
    slots: i32,
    started_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    state: String,
}

#[derive(FromQueryResult)]
struct WorkRow {
    worker_id: Uuid,
    tenant_id: Uuid,
    tenant_slug: Option<String>,
    id: Uuid,
    kind: String,
    key: Option<String>,
    attempt: i16,
    started_at: Option<DateTime<Utc>>,
}

/// Workers of the last day with what they do now, up to 200, those at work first. Three statements.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn workers(platform: &Platform) -> Result<Vec<WorkerRow>, DataError> {
    let tx = platform.begin().await?;
    let sql = "select id, host, pid, version, queues, slots, started_at, seen_at, state from job_workers \
               order by state in ('stopped', 'lost'), started_at desc limit 200";
    let found: Vec<Row> = tx.all(sql, []).await?;
    let sql = "select j.worker_id, j.tenant_id, t.slug tenant_slug, j.id, j.kind, j.key, j.attempt, j.started_at from jobs j \
               left join tenants t on t.id = j.tenant_id where j.state = 'running' order by j.started_at limit 5000";
    let mut work: HashMap<Uuid, Vec<AtWork>> = HashMap::new();
    for row in tx.all::<WorkRow>(sql, []).await? {
        work.entry(row.worker_id).or_default().push(AtWork {
            tenant: row.tenant_id.into(),
            tenant_slug: row.tenant_slug,
            id: row.id.into(),
            kind: row.kind,
            key: row.key,
            attempt: row.attempt,
            started_at: row.started_at,
        });
    }
    tx.commit().await?;
    let row = |row: Row| WorkerRow {
        jobs: work.remove(&row.id).unwrap_or_default(),
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
    Ok(found.into_iter().map(row).collect())
}
