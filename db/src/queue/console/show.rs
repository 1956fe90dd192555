//! One job: where it stands, what was tried, what was said, what was changed by hand, and why it waits.

use domain::ids::{JobId, TenantId};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::history::{self, RunRow};
use super::jobs::{self, JobRow};
use super::notes::{self, NoteRow};
use super::waiting::{self, Waiting};
use crate::error::DataError;
use crate::platform::Platform;
use crate::reader::Reader;
use crate::scope::Scope;

const RUNS: u32 = 100;

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

#[derive(FromQueryResult)]
struct SaidRow {
    payload: Value,
    log: Option<Value>,
}

/// The job `id` of `tenant` (nil: the installation's own), with its notes. At most nine statements.
///
/// # Errors
/// [`DataError::NotFound`] when it is neither live nor in history.
pub async fn show(platform: &Platform, tenant: TenantId, id: JobId) -> Result<JobDetail, DataError> {
    let tx = platform.begin().await?;
    let reader = Reader::Platform(&tx);
    let mut detail = read(reader, tenant, id).await?;
    detail.notes = notes::of_job(reader, tenant, id).await?;
    if let Some(job) = &detail.job {
        detail.waiting = waiting::why(reader, job, tx.db().clock().now()).await?;
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
    let reader = Reader::Tenant(&tx);
    let mut detail = read(reader, scope.tenant(), id).await?;
    if let Some(job) = &detail.job {
        detail.waiting = waiting::why(reader, job, scope.now()).await?;
    }
    tx.commit().await?;
    Ok(detail)
}

async fn read(reader: Reader<'_>, tenant: TenantId, id: JobId) -> Result<JobDetail, DataError> {
    let mut of = reader.conditions();
    of.add("j.tenant_id = ?", tenant.0);
    let mut live = of.clone();
    live.add("j.id = ?", id.0);
    let sql = format!("select {} from jobs j left join tenants t on t.id = j.tenant_id {}", jobs::COLUMNS, live.sql());
    let job: Option<jobs::Row> = reader.one(&sql, live.values()).await?;
    of.add("j.job_id = ?", id.0);
    let tail = format!("{} order by j.fence desc limit {RUNS}", of.sql());
    let sql = format!("select {} from job_runs j left join tenants t on t.id = j.tenant_id {tail}", history::COLUMNS);
    let runs: Vec<history::Row> = reader.all(&sql, of.clone().values()).await?;
    let said: Vec<SaidRow> =
        reader.all(&format!("select j.payload, j.log from job_runs j {tail}"), of.values()).await?;
    if job.is_none() && runs.is_empty() {
        return Err(DataError::NotFound("job"));
    }
    let runs = runs.into_iter().zip(said).map(|(run, said)| {
        Ok(RunDetail {
            run: run.try_into()?,
            payload: said.payload,
            log: said.log.and_then(|log| serde_json::from_value(log).ok()).unwrap_or_default(),
        })
    });
    Ok(JobDetail {
        job: job.map(JobRow::try_from).transpose()?,
        runs: runs.collect::<Result<_, DataError>>()?,
        notes: Vec::new(),
        waiting: Vec::new(),
    })
}
