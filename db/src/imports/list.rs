//! The list of imports.

use domain::page::{Cursor, Direction, Limit, Page};
use sea_orm::Value;

use super::{COLUMNS, Row, Run, TABLES};
use crate::error::DataError;
use crate::scope::Scope;

/// One page of runs, newest first. One statement. Index: `import_runs_created`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn list(scope: &Scope, from: Option<&Cursor>, limit: Limit) -> Result<Page<Run>, DataError> {
    let (sql, values) = build(from, limit);
    let tx = scope.begin().await?;
    let found: Vec<Row> = tx.all(&sql, values).await?;
    tx.commit().await?;
    let runs: Vec<Run> = found.into_iter().map(Run::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(runs, limit, from, |run| (run.created_at, run.id.0)))
}

/// How PostgreSQL reads one page, for the tests of its plan.
///
/// # Errors
/// As [`list`].
#[cfg(feature = "testing")]
pub async fn explain(scope: &Scope, from: Option<&Cursor>, limit: Limit) -> Result<String, DataError> {
    let (sql, values) = build(from, limit);
    scope.begin().await?.explain(&sql, values).await
}

fn build(from: Option<&Cursor>, limit: Limit) -> (String, Vec<Value>) {
    let (bound, order) = match from.map(|cursor| cursor.direction) {
        None => ("", "desc"),
        Some(Direction::Older) => ("and (r.created_at, r.id) < ($3, $4)", "desc"),
        Some(Direction::Newer) => ("and (r.created_at, r.id) > ($3, $4)", "asc"),
    };
    let sql = format!(
        "select {COLUMNS} from {TABLES} where r.tenant_id = $1 {bound} order by r.created_at {order}, r.id {order} limit $2"
    );
    let mut values: Vec<Value> = vec![limit.plus_one().into()];
    values.extend(from.into_iter().flat_map(|cursor| [Value::from(cursor.at), Value::from(cursor.id)]));
    (sql, values)
}
