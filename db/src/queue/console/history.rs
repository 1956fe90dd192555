//! Attempts, newest first.

use chrono::{DateTime, Utc};
use domain::ids::{JobId, TenantId, WorkerId};
use domain::jobs::RunOutcome;
use domain::page::{Cursor, Direction, Limit, Page};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::error::DataError;
use crate::platform::Platform;
use crate::reader::{Conditions, Reader, limit, order};
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

pub(super) const COLUMNS: &str = "j.tenant_id, t.slug as tenant_slug, j.job_id, j.fence, j.kind, j.queue, j.key, j.attempt, j.outcome, j.enqueued_at, j.ready_at, \
    j.started_at, j.finished_at, j.wait_ms, j.run_ms, j.error, j.worker_id";

#[derive(FromQueryResult)]
pub(super) struct Row {
    tenant_id: Uuid,
    tenant_slug: Option<String>,
    job_id: Uuid,
    fence: i64,
    kind: String,
    queue: String,
    key: Option<String>,
    attempt: i16,
    outcome: String,
    enqueued_at: DateTime<Utc>,
    ready_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: DateTime<Utc>,
    wait_ms: i64,
    run_ms: i64,
    error: Option<String>,
    worker_id: Option<Uuid>,
}

#[derive(FromQueryResult)]
struct WindowEnd {
    finished_at: DateTime<Utc>,
    job_id: Uuid,
    count: i64,
}

impl TryFrom<Row> for RunRow {
    type Error = DataError;
    fn try_from(row: Row) -> Result<Self, DataError> {
        Ok(Self {
            tenant: row.tenant_id.into(),
            tenant_slug: row.tenant_slug,
            job: row.job_id.into(),
            fence: row.fence,
            kind: row.kind,
            queue: row.queue,
            key: row.key,
            attempt: row.attempt,
            outcome: row.outcome.parse().map_err(DataError::Corrupt)?,
            enqueued_at: row.enqueued_at,
            ready_at: row.ready_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            wait_ms: row.wait_ms,
            run_ms: row.run_ms,
            error: row.error,
            worker: row.worker_id.map(WorkerId),
        })
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
    let page = page(Reader::Platform(&tx), filter, from, limit).await?;
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
    let page = page(Reader::Tenant(&tx), filter, from, limit).await?;
    tx.commit().await?;
    Ok(page)
}

async fn page(
    reader: Reader<'_>,
    filter: &RunFilter,
    from: Option<&Cursor>,
    rows: Limit,
) -> Result<Page<RunRow>, DataError> {
    let mut conditions = conditions(reader, filter);
    conditions.add_cursor("(j.finished_at, j.job_id)", from);
    let end = match filter.text {
        Some(_) => window_end(reader, &conditions, &sorted(from)).await?,
        None => None,
    };
    let (sql, conditions) = statement(conditions, filter, from, rows);
    let found: Vec<Row> = reader.all(&sql, conditions.values()).await?;
    let found: Vec<RunRow> = found.into_iter().map(RunRow::try_from).collect::<Result<_, _>>()?;
    let is_last = found.len() <= rows.rows();
    let mut page = Page::cut(found, rows, from, |run| (run.finished_at, run.job.0));
    if let Some(end) = end.filter(|end| is_last && end.count >= i64::from(WINDOW)) {
        let direction = from.map_or(Direction::Older, |cursor| cursor.direction);
        let cursor = Some(Cursor { direction, at: end.finished_at, id: end.job_id });
        match direction {
            Direction::Older => page.older = cursor,
            Direction::Newer => page.newer = cursor,
        }
    }
    Ok(page)
}

fn sorted(from: Option<&Cursor>) -> String {
    let order = order(from);
    format!("order by j.finished_at {order}, j.job_id {order}")
}

fn statement(
    mut conditions: Conditions,
    filter: &RunFilter,
    from: Option<&Cursor>,
    rows: Limit,
) -> (String, Conditions) {
    let (limit, by) = (limit(rows), sorted(from));
    let window = if filter.text.is_some() { format!("limit {WINDOW}") } else { limit.clone() };
    let mut found = format!("select * from job_runs j {} {by} {window}", conditions.sql());
    if filter.text.is_some() {
        let place = conditions.place(filter.text.clone());
        found = format!("select * from ({found}) j where strpos(lower(j.error), lower({place})) > 0 {by} {limit}");
    }
    (format!("select {COLUMNS} from ({found}) j left join tenants t on t.id = j.tenant_id {by}"), conditions)
}

/// How PostgreSQL reads a page of [`history`], having read it.
#[cfg(feature = "testing")]
pub async fn explain_history(
    platform: &Platform,
    filter: &RunFilter,
    from: Option<&Cursor>,
) -> Result<String, DataError> {
    #[derive(FromQueryResult)]
    struct Line {
        #[sea_orm(from_alias = "QUERY PLAN")]
        line: String,
    }
    let tx = platform.begin().await?;
    let reader = Reader::Platform(&tx);
    let mut conditions = conditions(reader, filter);
    conditions.add_cursor("(j.finished_at, j.job_id)", from);
    let (sql, conditions) = statement(conditions, filter, from, Limit::default());
    let lines: Vec<Line> =
        reader.all(&format!("explain (analyze, costs off, timing off) {sql}"), conditions.values()).await?;
    Ok(lines.into_iter().map(|l| l.line + "\n").collect())
}

// The last attempt that a search in errors looks at, and how many it looks at.
async fn window_end(reader: Reader<'_>, conditions: &Conditions, by: &str) -> Result<Option<WindowEnd>, DataError> {
    let sql = format!(
        "select finished_at, job_id, count from (select j.finished_at, j.job_id, row_number() over ({by}) as count \
         from (select * from job_runs j {} {by} limit {WINDOW}) j) j order by count desc limit 1",
        conditions.sql()
    );
    reader.one(&sql, conditions.clone().values()).await
}

fn conditions(reader: Reader<'_>, filter: &RunFilter) -> Conditions {
    let mut conditions = reader.conditions();
    if let Some(outcome) = filter.outcome {
        conditions.add_plain(&format!("j.outcome = '{outcome}'"));
    }
    if filter.outcome.is_some_and(|outcome| outcome != RunOutcome::Done) {
        // So that PostgreSQL recognises the index at once.
        conditions.add_plain("j.outcome <> 'done'");
    }
    if filter.text.is_some() {
        conditions.add_plain("j.error is not null");
    }
    conditions.add_some("j.tenant_id = ?", filter.tenant.map(|tenant| tenant.0));
    conditions.add_some("j.kind = ?", filter.kind.clone());
    conditions.add_some("j.key = ?", filter.key.clone());
    conditions.add_some("j.finished_at >= ?", filter.from);
    conditions.add_some("j.finished_at < ?", filter.to);
    conditions
}
