//! What was wrong with a file, or noteworthy in it.

use std::fmt;
use std::str::FromStr;

use domain::ids::ImportId;
use domain::imports::Problem;
use domain::page::Limit;
use sea_orm::{FromQueryResult, Value};

use super::{signed, unsigned};
use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// Most problems of a run that are kept; all are counted.
pub const MAX_STORED: usize = 100_000;

/// A place in the list of problems: after this one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProblemKey {
    /// Its line.
    pub line: u64,
    /// Which problem of that line.
    pub position: i32,
}

/// One page of problems, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct ProblemPage {
    /// Those on it.
    pub rows: Vec<Problem>,
    /// Where the next page begins, if there is one.
    pub next: Option<ProblemKey>,
}

impl fmt::Display for ProblemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.line, self.position)
    }
}

impl FromStr for ProblemKey {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts =
            text.split_once('-').and_then(|(line, position)| Some((line.parse().ok()?, position.parse().ok()?)));
        parts.map(|(line, position)| Self { line, position }).ok_or("This cursor is invalid. Start at the first page.")
    }
}

#[derive(FromQueryResult)]
struct Row {
    line: i64,
    position: i32,
    kind: String,
    order_number: Option<String>,
    column_name: String,
    reason: String,
}

/// The problems of the run `id` after `after`. One statement. Index: the primary key.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has no such run, or the actor does not reach its store.
pub async fn problems(
    scope: &Scope,
    id: ImportId,
    after: Option<ProblemKey>,
    limit: Limit,
) -> Result<ProblemPage, DataError> {
    let tx = scope.begin().await?;
    let mut found: Vec<Row> = tx.all(PAGE, page_values(id, after, limit)).await?;
    if found.is_empty() || scope.stores().only().is_some() {
        super::show::read(&tx, id).await?;
    }
    tx.commit().await?;
    let more = found.len() > limit.rows();
    found.truncate(limit.rows());
    let last = found.last().map(|row| ProblemKey { line: unsigned(row.line), position: row.position });
    let rows = found.into_iter().map(Problem::try_from).collect::<Result<_, DataError>>()?;
    Ok(ProblemPage { rows, next: last.filter(|_| more) })
}

/// How PostgreSQL reads one page, for the tests of its plan.
///
/// # Errors
/// When PostgreSQL fails.
#[cfg(feature = "testing")]
pub async fn explain(
    scope: &Scope,
    id: ImportId,
    after: Option<ProblemKey>,
    limit: Limit,
) -> Result<String, DataError> {
    scope.begin().await?.explain(PAGE, page_values(id, after, limit)).await
}

const PAGE: &str = "select line, position, kind, order_number, column_name, reason from import_problems \
                    where tenant_id = $1 and import_id = $2 and (line, position) > ($3, $4) \
                    order by line, position limit $5";

fn page_values(id: ImportId, after: Option<ProblemKey>, limit: Limit) -> [Value; 4] {
    let after = after.unwrap_or(ProblemKey { line: 0, position: -1 });
    [id.0.into(), signed(after.line).into(), after.position.into(), limit.plus_one().into()]
}

/// Keeps `problems`, as many as there is room for. They are numbered within their lines, so all problems of one
/// line must come in one call.
pub(super) async fn keep(tx: &Tx, id: ImportId, problems: &[Problem]) -> Result<(), DataError> {
    if problems.is_empty() {
        return Ok(());
    }
    let mut sorted: Vec<&Problem> = problems.iter().take(MAX_STORED).collect();
    sorted.sort_by_key(|problem| problem.line);
    let sql = "insert into import_problems (tenant_id, import_id, line, position, kind, order_number, column_name, reason) \
               select $1, $2, p.line, row_number() over (partition by p.line order by p.n) - 1, p.kind, nullif(p.order_number, ''), p.column_name, p.reason \
               from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[]) with ordinality \
                 p (line, kind, order_number, column_name, reason, n) \
               order by p.n limit (select greatest($8 - problem_count, 0) from import_runs where tenant_id = $1 and id = $2)";
    let texts = |read: fn(&Problem) -> String| sorted.iter().map(|p| read(p)).collect::<Vec<String>>();
    let values = [
        id.0.into(),
        sorted.iter().map(|p| signed(p.line)).collect::<Vec<i64>>().into(),
        texts(|p| p.kind.as_str().to_owned()).into(),
        texts(|p| p.order.clone().unwrap_or_default()).into(),
        texts(|p| p.column.clone()).into(),
        texts(|p| p.reason.clone()).into(),
        signed(MAX_STORED as u64).into(),
    ];
    tx.run(sql, values).await.map(drop)
}

impl TryFrom<Row> for Problem {
    type Error = DataError;
    fn try_from(row: Row) -> Result<Self, DataError> {
        let kind = row.kind.parse().map_err(DataError::Corrupt)?;
        let Row { line, column_name: column, reason, order_number: order, .. } = row;
        Ok(Self { line: unsigned(line), column, reason, order, kind })
    }
}
