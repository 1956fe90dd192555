//! One run.

use domain::ids::ImportId;
use domain::page::Limit;
use sea_orm::{ColumnTrait, QueryFilter};

use super::problems::{self, ProblemKey, ProblemPage};
use super::{Run, import_run, store};
use crate::entities::TenantQueries;
use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// The run `id`. One statement.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has none, or the actor does not reach its store.
pub async fn show(scope: &Scope, id: ImportId) -> Result<Run, DataError> {
    let tx = scope.begin().await?;
    let run = read(&tx, id).await?;
    tx.end();
    Ok(run)
}

/// The run `id` with one page of its problems, those after `after`. Two statements at any size.
/// Index: the primary keys.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has none, or the actor does not reach its store.
pub async fn show_with_problems(
    scope: &Scope,
    id: ImportId,
    after: Option<ProblemKey>,
    limit: Limit,
) -> Result<(Run, ProblemPage), DataError> {
    let tx = scope.begin().await?;
    let (run, store) = find(&tx, id).await?;
    let runs = [run];
    let found = tx.load_many(&runs, problems::page(&tx, after, limit)).await?;
    tx.end();
    let [run] = runs;
    Ok((Run::of(run, &store)?, ProblemPage::of(found.into_iter().flatten().collect(), limit)))
}

pub(super) async fn read(tx: &Tx, id: ImportId) -> Result<Run, DataError> {
    let (run, store) = find(tx, id).await?;
    Run::of(run, &store)
}

/// The run's row and its store's.
pub(super) async fn find(tx: &Tx, id: ImportId) -> Result<(import_run::Model, store::Model), DataError> {
    let run = tx.find::<import_run::Entity>().filter(import_run::Column::Id.eq(id.0));
    let found = run.find_both_related(store::Entity).one(tx.conn()).await?;
    found.filter(|(run, _)| tx.scope().stores().includes(run.store_id.into())).ok_or(DataError::NotFound("import"))
}
