//! What was wrong with a file, or noteworthy in it.

use std::fmt;
use std::str::FromStr;

use domain::ids::ImportId;
use domain::imports::Problem;
use domain::page::Limit;
use sea_orm::sea_query::Order;
#[cfg(feature = "testing")]
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, QueryFilter, Select};

use super::{signed, unsigned};
use crate::entities::{TenantQueries, import_problem};
use crate::error::DataError;
use crate::keyset;
#[cfg(feature = "testing")]
use crate::scope::Scope;
use crate::scope::Tx;

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

impl ProblemPage {
    /// The page that [`page`] found.
    pub(super) fn of(mut found: Vec<import_problem::Model>, limit: Limit) -> Self {
        let more = keyset::cut(&mut found, limit);
        let last = found.last().map(|row| ProblemKey { line: unsigned(row.line), position: row.position });
        Self { rows: found.into_iter().map(Problem::from).collect(), next: last.filter(|_| more) }
    }
}

/// The problems after `after`, to be loaded with their run. Index: the primary key.
pub(super) fn page(tx: &Tx, after: Option<ProblemKey>, limit: Limit) -> Select<import_problem::Entity> {
    let after = after.map(|after| [signed(after.line).into(), after.position.into()]);
    let columns = [import_problem::Column::Line, import_problem::Column::Position];
    keyset::page(tx.find::<import_problem::Entity>(), columns, Order::Asc, after, limit)
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
    let tx = scope.begin().await?;
    // As it is loaded for a list of runs.
    let key = [import_problem::Column::TenantId, import_problem::Column::ImportId].map(ColumnTrait::into_expr);
    let loaded = Expr::tuple(key).in_tuples([(scope.tenant().0, id.0)]);
    tx.conn().explain_query(&page(&tx, after, limit).filter(loaded)).await
}

/// Keeps `problems`, as many as there is room for. They are numbered within their lines, so all problems of one
/// line must come in one call.
pub(super) async fn keep(tx: &Tx, id: ImportId, problems: &[Problem]) -> Result<(), DataError> {
    if problems.is_empty() {
        return Ok(());
    }
    let mut sorted: Vec<&Problem> = problems.iter().take(MAX_STORED).collect();
    sorted.sort_by_key(|problem| problem.line);
    // SQL: any number of problems in one statement, numbered within their lines, as many as there is room for.
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

/// Forgets all problems of the run.
pub(super) async fn forget(tx: &Tx, id: ImportId) -> Result<(), DataError> {
    let all = tx.delete::<import_problem::Entity>().filter(import_problem::Column::ImportId.eq(id.0));
    all.exec(tx.conn()).await?;
    Ok(())
}

impl From<import_problem::Model> for Problem {
    fn from(row: import_problem::Model) -> Self {
        Self {
            line: unsigned(row.line),
            column: row.column_name,
            reason: row.reason,
            order: row.order_number,
            kind: *row.kind,
        }
    }
}
