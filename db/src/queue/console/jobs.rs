//! Live jobs of one state, newest first by the time since which they stand there (or, waiting for it, their time).

use chrono::{DateTime, Utc};
use domain::ids::{JobId, TenantId, WorkerId};
use domain::jobs::JobState;
use domain::page::{Cursor, Limit, Page};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait, Select};
use serde_json::Value;

use crate::entities::enums::WaitsFor;
use crate::entities::extras::{is, of_rows};
use crate::entities::text::Text;
use crate::entities::{job, tenant};
use crate::error::DataError;
use crate::keyset;
use crate::platform::Platform;
use crate::read_tx::ReadTx;
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
    /// Why one that is scheduled waits.
    pub waits_for: Option<WaitsFor>,
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

/// A row with the name of its tenant.
#[derive(FromQueryResult)]
pub(super) struct Row {
    #[sea_orm(nested)]
    job: job::Model,
    tenant_slug: Option<String>,
}

impl From<Row> for JobRow {
    fn from(Row { job, tenant_slug }: Row) -> Self {
        Self {
            tenant: job.tenant_id.into(),
            tenant_slug,
            id: job.id.into(),
            kind: job.kind,
            queue: job.queue,
            key: job.key,
            payload: job.payload,
            priority: job.priority,
            state: *job.state,
            run_at: job.run_at,
            waits_for: job.waits_for,
            attempt: job.attempt,
            max_attempts: job.max_attempts,
            crashes: job.crashes,
            worker: job.worker_id.map(WorkerId),
            enqueued_at: job.enqueued_at,
            started_at: job.started_at,
            last_error: job.last_error,
            actor: job.actor,
            request_id: job.request_id,
        }
    }
}

/// One page of live jobs with the names of their tenants, of all of these. One statement. Indexes: `jobs_state`; with a tenant, `jobs_tenant`.
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
    let page = page(ReadTx::Platform(&tx), filter, from, limit).await?;
    tx.commit().await?;
    Ok(page)
}

/// One page of the tenant's own live jobs. One statement.
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
    let page = page(ReadTx::Tenant(&tx), filter, from, limit).await?;
    tx.commit().await?;
    Ok(page)
}

async fn page(
    read_tx: ReadTx<'_>,
    filter: &JobFilter,
    from: Option<&Cursor>,
    rows: Limit,
) -> Result<Page<JobRow>, DataError> {
    let columns = [job::Column::RunAt, job::Column::Id];
    let cut = keyset::newest(live(read_tx, filter), columns, from, rows);
    let found = with_tenant(keyset::sorted(of_rows(read_tx.find(), cut), columns, &keyset::order(from)));
    let found = found.into_model::<Row>().all(read_tx.conn()).await?;
    let found = found.into_iter().map(JobRow::from).collect();
    Ok(Page::cut(found, rows, from, |job: &JobRow| (job.run_at, job.id.0)))
}

/// The jobs of `select` with the names of their tenants, as [`Row`]s.
pub(super) fn with_tenant(select: Select<job::Entity>) -> Select<job::Entity> {
    select.left_join(tenant::Entity).column_as(tenant::Column::Slug, "tenant_slug")
}

/// The live jobs that match.
pub(super) fn live(read_tx: ReadTx<'_>, filter: &JobFilter) -> Select<job::Entity> {
    let holds = |text: &str| Expr::cust_with_values("strpos(lower(jobs.last_error), lower($1)) > 0", [text]);
    read_tx
        .find::<job::Entity>()
        .filter(is(job::Column::State, Text(filter.state)))
        .apply_if(filter.tenant, |jobs, tenant| jobs.filter(job::Column::TenantId.eq(tenant.0)))
        .apply_if(filter.kind.as_deref(), |jobs, kind| jobs.filter(job::Column::Kind.eq(kind)))
        .apply_if(filter.queue.as_deref(), |jobs, queue| jobs.filter(job::Column::Queue.eq(queue)))
        .apply_if(filter.key.as_deref(), |jobs, key| jobs.filter(job::Column::Key.eq(key)))
        .apply_if(filter.text.as_deref(), |jobs, text| jobs.filter(holds(text)))
        .apply_if(filter.from, |jobs, from| jobs.filter(job::Column::RunAt.gte(from)))
        .apply_if(filter.to, |jobs, to| jobs.filter(job::Column::RunAt.lt(to)))
}
