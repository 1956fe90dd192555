//! Live jobs of one state, newest first by the time since which they stand there (or, waiting for it, their time).

use chrono::{DateTime, Utc};
use domain::ids::{JobId, TenantId, WorkerId};
use domain::jobs::JobState;
use domain::page::{Cursor, Limit, Page};
use sea_orm::FromQueryResult;
use serde_json::Value;
use uuid::Uuid;

use crate::error::DataError;
use crate::platform::Platform;
use crate::reader::{Conditions, Reader, limit, order};
use crate::scope::Scope;

/// Which live jobs.
#[derive(Clone, PartialEq, Debug)]
pub struct JobFilter {
    /// Where they stand.
    pub state: JobState,
    /// Whose; for the platform only. Nil: the installation's own.
    pub tenant: Option<TenantId>,
    /// Of this kind.
    pub kind: Option<String>,
    /// In this queue.
    pub queue: Option<String>,
    /// With this key, exactly.
    pub key: Option<String>,
    /// Whose last error holds these words, whatever their case.
    pub text: Option<String>,
    /// Not before this (their time in the list).
    pub from: Option<DateTime<Utc>>,
    /// Before this.
    pub to: Option<DateTime<Utc>>,
}

impl JobFilter {
    /// All that stand there.
    pub const fn of(state: JobState) -> Self {
        Self { state, tenant: None, kind: None, queue: None, key: None, text: None, from: None, to: None }
    }
}

/// A live job.
#[derive(Clone, PartialEq, Debug)]
pub struct JobRow {
    /// Whose; nil for the installation's own.
    pub tenant: TenantId,
    /// That tenant's name in addresses; absent for the installation's own.
    pub tenant_slug: Option<String>,
    /// The job.
    pub id: JobId,
    /// Which work.
    pub kind: String,
    /// Its queue.
    pub queue: String,
    /// Unique among the live ones of tenant and kind.
    pub key: Option<String>,
    /// What it is about.
    pub payload: Value,
    /// Lower goes first.
    pub priority: i16,
    /// Where it stands.
    pub state: JobState,
    /// Since when it could run, when it may run, or when it died or was parked.
    pub run_at: DateTime<Utc>,
    /// `later`, `backoff`, `snoozed` or `released`, of one that is scheduled.
    pub waits_for: Option<String>,
    /// Tries so far, the running one included.
    pub attempt: i16,
    /// Tries before it is dead.
    pub max_attempts: i16,
    /// How often its process died.
    pub crashes: i16,
    /// Who works on it.
    pub worker: Option<WorkerId>,
    /// When it was enqueued.
    pub enqueued_at: DateTime<Utc>,
    /// When its last try began.
    pub started_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// Who enqueued it: `user:<id>`, `key:<id>`, `command` or `job`.
    pub actor: String,
    /// In which request.
    pub request_id: Option<String>,
}

pub(super) const COLUMNS: &str = "j.tenant_id, t.slug as tenant_slug, j.id, j.kind, j.queue, j.key, j.payload, j.priority, j.state, j.run_at, j.waits_for, \
    j.attempt, j.max_attempts, j.crashes, j.worker_id, j.enqueued_at, j.started_at, j.last_error, j.actor, j.request_id";

#[derive(FromQueryResult)]
pub(super) struct Row {
    tenant_id: Uuid,
    tenant_slug: Option<String>,
    id: Uuid,
    kind: String,
    queue: String,
    key: Option<String>,
    payload: Value,
    priority: i16,
    state: String,
    run_at: DateTime<Utc>,
    waits_for: Option<String>,
    attempt: i16,
    max_attempts: i16,
    crashes: i16,
    worker_id: Option<Uuid>,
    enqueued_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    last_error: Option<String>,
    actor: String,
    request_id: Option<String>,
}

impl TryFrom<Row> for JobRow {
    type Error = DataError;
    fn try_from(row: Row) -> Result<Self, DataError> {
        Ok(Self {
            tenant: row.tenant_id.into(),
            tenant_slug: row.tenant_slug,
            id: row.id.into(),
            kind: row.kind,
            queue: row.queue,
            key: row.key,
            payload: row.payload,
            priority: row.priority,
            state: row.state.parse().map_err(DataError::Corrupt)?,
            run_at: row.run_at,
            waits_for: row.waits_for,
            attempt: row.attempt,
            max_attempts: row.max_attempts,
            crashes: row.crashes,
            worker: row.worker_id.map(WorkerId),
            enqueued_at: row.enqueued_at,
            started_at: row.started_at,
            last_error: row.last_error,
            actor: row.actor,
            request_id: row.request_id,
        })
    }
}

/// One page of live jobs, of all tenants. Two statements. Indexes: `jobs_state`; with a tenant, `jobs_tenant`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn jobs(
    platform: &Platform,
    filter: &JobFilter,
    from: Option<&Cursor>,
    limit: Limit,
) -> Result<Page<JobRow>, DataError> {
    let tx = platform.begin().await?;
    let page = page(Reader::Platform(&tx), filter, from, limit).await?;
    tx.commit().await?;
    Ok(page)
}

/// One page of the tenant's own live jobs.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn jobs_of(
    scope: &Scope,
    filter: &JobFilter,
    from: Option<&Cursor>,
    limit: Limit,
) -> Result<Page<JobRow>, DataError> {
    let tx = scope.begin().await?;
    let page = page(Reader::Tenant(&tx), filter, from, limit).await?;
    tx.commit().await?;
    Ok(page)
}

async fn page(
    reader: Reader<'_>,
    filter: &JobFilter,
    from: Option<&Cursor>,
    rows: Limit,
) -> Result<Page<JobRow>, DataError> {
    let mut conditions = conditions(reader, filter);
    conditions.add_cursor("(j.run_at, j.id)", from);
    let (limit, order) = (limit(rows), order(from));
    let sql = format!(
        "select {COLUMNS} from (select * from jobs j {} order by j.run_at {order}, j.id {order} {limit}) j \
         left join tenants t on t.id = j.tenant_id order by j.run_at {order}, j.id {order}",
        conditions.sql()
    );
    let found: Vec<Row> = reader.all(&sql, conditions.values()).await?;
    let found: Vec<JobRow> = found.into_iter().map(JobRow::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(found, rows, from, |job| (job.run_at, job.id.0)))
}

pub(super) fn conditions(reader: Reader<'_>, filter: &JobFilter) -> Conditions {
    let mut conditions = reader.conditions();
    conditions.add_plain(&format!("j.state = '{}'", filter.state));
    conditions.add_some("j.tenant_id = ?", filter.tenant.map(|tenant| tenant.0));
    conditions.add_some("j.kind = ?", filter.kind.clone());
    conditions.add_some("j.queue = ?", filter.queue.clone());
    conditions.add_some("j.key = ?", filter.key.clone());
    conditions.add_some("strpos(lower(j.last_error), lower(?)) > 0", filter.text.clone());
    conditions.add_some("j.run_at >= ?", filter.from);
    conditions.add_some("j.run_at < ?", filter.to);
    conditions
}
