//! The list of imports.

use domain::calendar::{Tz, day_start};
use domain::imports::{ImportQuery, ImportView, RunStatus};
use domain::page::{Limit, Page};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, QueryFilter, QueryTrait, SelectTwoRequired};
use uuid::Uuid;

use super::{Run, import_run, store};
use crate::entities::TenantQueries;
use crate::entities::text::Text;
use crate::error::DataError;
use crate::keyset;
use crate::scope::{Scope, Tx};

/// One page of runs with their stores, newest first. One statement. Index: `import_runs_created`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn list(scope: &Scope, query: &ImportQuery, limit: Limit) -> Result<Page<Run>, DataError> {
    let tx = scope.begin().await?;
    let found = page(&tx, query, limit).all(tx.conn()).await?;
    tx.end();
    let runs: Vec<Run> = found.into_iter().map(|(run, store)| Run::of(run, &store)).collect::<Result<_, _>>()?;
    Ok(Page::cut(runs, limit, query.cursor.as_deref(), |run| (run.created_at, run.id.0)))
}

/// How PostgreSQL reads one page, for the tests of its plan.
///
/// # Errors
/// As [`list`].
#[cfg(feature = "testing")]
pub async fn explain(scope: &Scope, query: &ImportQuery, limit: Limit) -> Result<String, DataError> {
    let tx = scope.begin().await?;
    tx.conn().explain_query(&page(&tx, query, limit)).await
}

/// What a view narrows the runs to.
pub(crate) fn condition(view: ImportView) -> Condition {
    match view {
        ImportView::Failed => Condition::all().add(import_run::Column::Status.eq(Text(RunStatus::Failed))),
        ImportView::Rejected => Condition::all()
            .add(import_run::Column::Status.eq(Text(RunStatus::Done)))
            .add(Expr::cust("(import_runs.summary ->> 'rejected')::bigint > 0")),
    }
}

fn page(tx: &Tx, query: &ImportQuery, limit: Limit) -> SelectTwoRequired<import_run::Entity, store::Entity> {
    let ids = |stores: &[domain::ids::StoreId]| stores.iter().map(|store| store.0).collect::<Vec<Uuid>>();
    let runs = tx
        .find::<import_run::Entity>()
        .apply_if(tx.scope().stores().only().map(ids), |runs, stores| {
            runs.filter(import_run::Column::StoreId.eq_any(stores))
        })
        .apply_if(query.view, |runs, view| runs.filter(condition(view)))
        .apply_if(query.from, |runs, day| {
            runs.filter(import_run::Column::CreatedAt.gte(day_start(day, query.zone.unwrap_or(Tz::UTC))))
        });
    let columns = [import_run::Column::CreatedAt, import_run::Column::Id];
    keyset::newest(runs, columns, query.cursor.as_deref(), limit)
        .find_both_related(store::Entity)
        .apply_if(query.store.clone(), |runs, slug| runs.filter(store::Column::Slug.eq(slug)))
}
