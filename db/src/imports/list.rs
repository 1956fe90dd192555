//! The list of imports.

use domain::calendar::{Tz, day_start};
use domain::imports::{ImportQuery, ImportView};
use domain::page::{Direction, Limit, Page};
use sea_orm::Value;

use super::{COLUMNS, Row, Run, TABLES};
use crate::error::DataError;
use crate::scope::Scope;

/// One page of runs, newest first. One statement. Index: `import_runs_created`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn list(scope: &Scope, query: &ImportQuery, limit: Limit) -> Result<Page<Run>, DataError> {
    let (sql, values) = build(scope, query, limit);
    let tx = scope.begin().await?;
    let found: Vec<Row> = tx.all(&sql, values).await?;
    tx.end();
    let runs: Vec<Run> = found.into_iter().map(Run::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(runs, limit, query.cursor.as_deref(), |run| (run.created_at, run.id.0)))
}

/// How PostgreSQL reads one page, for the tests of its plan.
///
/// # Errors
/// As [`list`].
#[cfg(feature = "testing")]
pub async fn explain(scope: &Scope, query: &ImportQuery, limit: Limit) -> Result<String, DataError> {
    let (sql, values) = build(scope, query, limit);
    scope.begin().await?.explain(&sql, values).await
}

/// What a view narrows `import_runs r` to.
pub(crate) const fn condition(view: ImportView) -> &'static str {
    match view {
        ImportView::Failed => "r.status = 'failed'",
        ImportView::Rejected => "r.status = 'done' and (r.summary ->> 'rejected')::bigint > 0",
    }
}

fn build(scope: &Scope, query: &ImportQuery, limit: Limit) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = vec![limit.plus_one().into()];
    let mut bind = |value: Value| {
        values.push(value);
        format!("${}", values.len() + 1)
    };
    let mut sql = format!("select {COLUMNS} from {TABLES} where r.tenant_id = $1");
    if let Some(stores) = scope.stores().only() {
        sql +=
            &format!(" and r.store_id = any({})", bind(stores.iter().map(|s| s.0).collect::<Vec<uuid::Uuid>>().into()));
    }
    if let Some(store) = &query.store {
        sql += &format!(" and s.slug = {}", bind(store.as_str().into()));
    }
    if let Some(view) = query.view {
        sql += &format!(" and {}", condition(view));
    }
    if let Some(day) = query.from {
        sql += &format!(" and r.created_at >= {}", bind(day_start(day, query.zone.unwrap_or(Tz::UTC)).into()));
    }
    let newer = query.cursor.is_some_and(|cursor| cursor.direction == Direction::Newer);
    let (sign, order) = if newer { (">", "asc") } else { ("<", "desc") };
    if let Some(cursor) = query.cursor {
        let (at, id) = (bind(cursor.at.into()), bind(cursor.id.into()));
        sql += &format!(" and (r.created_at, r.id) {sign} ({at}, {id})");
    }
    sql += &format!(" order by r.created_at {order}, r.id {order} limit $2");
    (sql, values)
}
