//! Attempts, newest first.

use chrono::{DateTime, Utc};
use domain::ids::{JobId, TenantId, WorkerId};
use domain::jobs::RunOutcome;
use domain::page::{Cursor, Direction, Limit, Page};
use sea_orm::sea_query::{Expr, Order};
use sea_orm::{ColumnTrait, DerivePartialModel, QueryFilter, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use crate::entities::extras::{is, is_not, of_rows};
use crate::entities::text::Text;
use crate::entities::{job_run, tenant};
use crate::error::DataError;
use crate::keyset;
use crate::platform::Platform;
use crate::read_tx::ReadTx;
use crate::scope::Scope;

/// A search in errors looks at so many runs that have one before it answers with a page, full or not, and a cursor to
/// go on with. No index may help with words behind a wall, and an answer should not take longer than this.
pub const WINDOW: u32 = 20_000;

/// Which attempts.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct RunFilter {
    /// What they came to; all when absent.
    pub outcome: Option<RunOutcome>,
    /// Whose; for the platform only. Nil: the installation's own.
    pub tenant: Option<TenantId>,
    /// Of this kind.
    pub kind: Option<String>,
    /// With this key, exactly.
    pub key: Option<String>,
    /// Whose error holds these words, whatever their case.
    pub text: Option<String>,
    /// Ended not before this.
    pub from: Option<DateTime<Utc>>,
    /// Ended before this.
    pub to: Option<DateTime<Utc>>,
}

/// One attempt.
#[derive(Clone, PartialEq, Debug)]
pub struct RunRow {
    /// Whose; nil for the installation's own.
    pub tenant: TenantId,
    /// That tenant's name in addresses; absent for the installation's own.
    pub tenant_slug: Option<String>,
    /// The job.
    pub job: JobId,
    /// Which taking of the job it was.
    pub fence: i64,
    /// Which work.
    pub kind: String,
    /// Its queue.
    pub queue: String,
    /// Its key.
    pub key: Option<String>,
    /// Which try.
    pub attempt: i16,
    /// What it came to.
    pub outcome: RunOutcome,
    /// When the job was enqueued.
    pub enqueued_at: DateTime<Utc>,
    /// Since when it could run.
    pub ready_at: DateTime<Utc>,
    /// When it began, if it did.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
    /// Milliseconds from ready to started.
    pub wait_ms: i64,
    /// Milliseconds from started to ended.
    pub run_ms: i64,
    /// What went wrong, or why it waits.
    pub error: Option<String>,
    /// Who did it.
    pub worker: Option<WorkerId>,
}

/// What lists show of an attempt: not what it was about and what it said, which may be long.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "job_run::Entity")]
pub(super) struct Attempt {
    tenant_id: Uuid,
    #[sea_orm(from_expr = "tenant::Column::Slug")]
    tenant_slug: Option<String>,
    job_id: Uuid,
    fence: i64,
    kind: String,
    queue: String,
    key: Option<String>,
    attempt: i16,
    outcome: Text<RunOutcome>,
    enqueued_at: DateTime<Utc>,
    ready_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: DateTime<Utc>,
    wait_ms: i64,
    run_ms: i64,
    error: Option<String>,
    worker_id: Option<Uuid>,
}

impl From<Attempt> for RunRow {
    fn from(row: Attempt) -> Self {
        Self {
            tenant: row.tenant_id.into(),
            tenant_slug: row.tenant_slug,
            job: row.job_id.into(),
            fence: row.fence,
            kind: row.kind,
            queue: row.queue,
            key: row.key,
            attempt: row.attempt,
            outcome: *row.outcome,
            enqueued_at: row.enqueued_at,
            ready_at: row.ready_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            wait_ms: row.wait_ms,
            run_ms: row.run_ms,
            error: row.error,
            worker: row.worker_id.map(WorkerId),
        }
    }
}

/// One page of attempts, of all tenants: one statement, two with words. A page found by words may be short or empty
/// and still have a neighbour: it looked at [`WINDOW`] attempts and the next page goes on from there.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn history(
    platform: &Platform,
    filter: &RunFilter,
    from: Option<&Cursor>,
    limit: Limit,
) -> Result<Page<RunRow>, DataError> {
    let tx = platform.begin().await?;
    let page = page(ReadTx::Platform(&tx), filter, from, limit).await?;
    tx.commit().await?;
    Ok(page)
}

/// One page of the attempts of the tenant's own jobs.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn history_of(
    scope: &Scope,
    filter: &RunFilter,
    from: Option<&Cursor>,
    limit: Limit,
) -> Result<Page<RunRow>, DataError> {
    let tx = scope.begin().await?;
    let page = page(ReadTx::Tenant(&tx), filter, from, limit).await?;
    tx.commit().await?;
    Ok(page)
}

/// How PostgreSQL reads a page of [`history`], having read it.
///
/// # Errors
/// When PostgreSQL fails.
#[cfg(feature = "testing")]
pub async fn explain_history(
    platform: &Platform,
    filter: &RunFilter,
    from: Option<&Cursor>,
) -> Result<String, DataError> {
    let tx = platform.begin().await?;
    let read_tx = ReadTx::Platform(&tx);
    let found = shown(read_tx, ended(read_tx, filter), filter, from, Limit::default());
    tx.conn().explain_query(&found).await
}

async fn page(
    read_tx: ReadTx<'_>,
    filter: &RunFilter,
    from: Option<&Cursor>,
    rows: Limit,
) -> Result<Page<RunRow>, DataError> {
    let ended = ended(read_tx, filter);
    let end = match filter.text {
        Some(_) => window_end(read_tx, ended.clone(), from).await?,
        None => None,
    };
    let found = shown(read_tx, ended, filter, from, rows).into_partial_model::<Attempt>();
    let found: Vec<RunRow> = found.all(read_tx.conn()).await?.into_iter().map(RunRow::from).collect();
    let is_last = found.len() <= rows.rows();
    let mut page = Page::cut(found, rows, from, |run| (run.finished_at, run.job.0));
    if let Some((at, id, count)) = end
        && is_last
        && count >= i64::from(WINDOW)
    {
        let direction = from.map_or(Direction::Older, |cursor| cursor.direction);
        let cursor = Some(Cursor { direction, at, id });
        match direction {
            Direction::Older => page.older = cursor,
            Direction::Newer => page.newer = cursor,
        }
    }
    Ok(page)
}

const BY: [job_run::Column; 2] = [job_run::Column::FinishedAt, job_run::Column::JobId];

// One page of `ended` with the names of their tenants; by words, of those within the window alone.
fn shown(
    read_tx: ReadTx<'_>,
    ended: Select<job_run::Entity>,
    filter: &RunFilter,
    from: Option<&Cursor>,
    rows: Limit,
) -> Select<job_run::Entity> {
    let holds = |text: &String| Expr::cust_with_values("strpos(lower(job_runs.error), lower($1)) > 0", [text.clone()]);
    let cut = match &filter.text {
        Some(text) => {
            let found = of_rows(read_tx.find(), window(ended, from)).filter(holds(text));
            keyset::sorted(found, BY, &keyset::order(from)).limit(rows.plus_one().unsigned_abs())
        }
        None => keyset::newest(ended, BY, from, rows),
    };
    keyset::sorted(of_rows(read_tx.find(), cut), BY, &keyset::order(from)).left_join(tenant::Entity)
}

// The attempts that a search in errors looks at.
fn window(ended: Select<job_run::Entity>, from: Option<&Cursor>) -> Select<job_run::Entity> {
    keyset::newest(ended, BY, from, Limit::default()).limit(u64::from(WINDOW))
}

// The last of them, and how many they are.
async fn window_end(
    read_tx: ReadTx<'_>,
    ended: Select<job_run::Entity>,
    from: Option<&Cursor>,
) -> Result<Option<(DateTime<Utc>, Uuid, i64)>, DataError> {
    let backwards = if keyset::order(from) == Order::Desc { Order::Asc } else { Order::Desc };
    let last = of_rows(read_tx.find(), window(ended, from)).select_only().columns(BY);
    let last = last.expr_as(Expr::cust("count(*) over ()"), "count");
    let last = keyset::sorted(last, BY, &backwards);
    Ok(last.into_tuple().one(read_tx.conn()).await?)
}

fn ended(read_tx: ReadTx<'_>, filter: &RunFilter) -> Select<job_run::Entity> {
    let runs = read_tx.find::<job_run::Entity>();
    let runs = match filter.outcome {
        None => runs,
        Some(RunOutcome::Done) => runs.filter(is(job_run::Column::Outcome, Text(RunOutcome::Done))),
        // So that PostgreSQL recognises the index at once.
        Some(outcome) => runs
            .filter(is(job_run::Column::Outcome, Text(outcome)))
            .filter(is_not(job_run::Column::Outcome, Text(RunOutcome::Done))),
    };
    runs.apply_if(filter.text.as_deref(), |runs, _| runs.filter(job_run::Column::Error.is_not_null()))
        .apply_if(filter.tenant, |runs, tenant| runs.filter(job_run::Column::TenantId.eq(tenant.0)))
        .apply_if(filter.kind.as_deref(), |runs, kind| runs.filter(job_run::Column::Kind.eq(kind)))
        .apply_if(filter.key.as_deref(), |runs, key| runs.filter(job_run::Column::Key.eq(key)))
        .apply_if(filter.from, |runs, from| runs.filter(job_run::Column::FinishedAt.gte(from)))
        .apply_if(filter.to, |runs, to| runs.filter(job_run::Column::FinishedAt.lt(to)))
}
