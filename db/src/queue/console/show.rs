//! One job: where it stands, what was tried, what was said, what was changed by hand, and why it waits.

use domain::ids::{JobId, TenantId};
use sea_orm::{ColumnTrait, DerivePartialModel, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::history::{Attempt, RunRow};
use super::jobs::{self, JobRow};
use super::notes::{self, NoteRow};
use super::waiting::{self, Waiting};
use crate::entities::{job, job_run, tenant};
use crate::error::DataError;
use crate::platform::Platform;
use crate::read_tx::ReadTx;
use crate::scope::Scope;

const RUNS: u64 = 100;

/// One job.
#[derive(Clone, Debug)]
pub struct JobDetail {
    /// The live job; absent once it is done, cancelled or deleted.
    pub job: Option<JobRow>,
    /// Its newest 100 attempts, newest first.
    pub runs: Vec<RunDetail>,
    /// What was changed by hand, newest first; empty where a tenant asks.
    pub notes: Vec<NoteRow>,
    /// Why it does not run, if it is live and does not.
    pub waiting: Vec<Waiting>,
}

/// One attempt with what it said.
#[derive(Clone, Debug)]
pub struct RunDetail {
    /// The attempt.
    pub run: RunRow,
    /// What it was about.
    pub payload: Value,
    /// What it said.
    pub log: Vec<LogLine>,
}

/// A line that a job wrote.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LogLine {
    /// Milliseconds since the attempt began.
    pub ms: i64,
    /// `info` or `warn`.
    pub level: String,
    /// What it said.
    pub text: String,
}

#[derive(DerivePartialModel)]
#[sea_orm(entity = "job_run::Entity")]
struct Said {
    #[sea_orm(nested)]
    attempt: Attempt,
    payload: Value,
    log: Option<Value>,
}

/// The job `id` of `tenant` (nil: the installation's own), with its notes. At most six statements, however often it
/// was tried.
///
/// # Errors
/// [`DataError::NotFound`] when it is neither live nor in history.
pub async fn show(platform: &Platform, tenant: TenantId, id: JobId) -> Result<JobDetail, DataError> {
    let tx = platform.begin().await?;
    let read_tx = ReadTx::Platform(&tx);
    let mut detail = read(read_tx, tenant, id).await?;
    detail.notes = notes::of_job(read_tx, tenant, id).await?;
    if let Some(job) = &detail.job {
        detail.waiting = waiting::why(read_tx, job, tx.db().clock().now()).await?;
    }
    tx.commit().await?;
    Ok(detail)
}

/// The tenant's own job `id`, without the platform's notes.
///
/// # Errors
/// [`DataError::NotFound`] when it is neither live nor in history, or another tenant's.
pub async fn show_of(scope: &Scope, id: JobId) -> Result<JobDetail, DataError> {
    let tx = scope.begin().await?;
    let read_tx = ReadTx::Tenant(&tx);
    let mut detail = read(read_tx, scope.tenant(), id).await?;
    if let Some(job) = &detail.job {
        detail.waiting = waiting::why(read_tx, job, scope.now()).await?;
    }
    tx.commit().await?;
    Ok(detail)
}

async fn read(read_tx: ReadTx<'_>, tenant: TenantId, id: JobId) -> Result<JobDetail, DataError> {
    let job = read_tx.find::<job::Entity>().filter(job::Column::TenantId.eq(tenant.0)).filter(job::Column::Id.eq(id.0));
    let job = jobs::with_tenant(job).into_model::<jobs::Row>().one(read_tx.conn()).await?;
    // Not loaded with the job: history outlives it.
    let runs = read_tx
        .find::<job_run::Entity>()
        .filter(job_run::Column::TenantId.eq(tenant.0))
        .filter(job_run::Column::JobId.eq(id.0))
        .order_by_desc(job_run::Column::Fence)
        .limit(RUNS);
    let runs = runs.left_join(tenant::Entity).into_partial_model::<Said>().all(read_tx.conn()).await?;
    if job.is_none() && runs.is_empty() {
        return Err(DataError::NotFound("job"));
    }
    Ok(JobDetail {
        job: job.map(JobRow::from),
        runs: runs.into_iter().map(RunDetail::from).collect(),
        notes: Vec::new(),
        waiting: Vec::new(),
    })
}

impl From<Said> for RunDetail {
    fn from(Said { attempt, payload, log }: Said) -> Self {
        Self {
            run: attempt.into(),
            payload,
            log: log.and_then(|log| serde_json::from_value(log).ok()).unwrap_or_default(),
        }
    }
}
