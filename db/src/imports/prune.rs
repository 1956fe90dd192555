//! Runs that ended long ago.

use chrono::{DateTime, Utc};
use domain::imports::RunStatus;
use sea_orm::sea_query::{ExprTrait, Func, LockBehavior, LockType};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::UnusedFile;
use crate::entities::text::Text;
use crate::entities::{TenantQueries, import_problem, import_run};
use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// Deletes runs that ended before `before`, with their problems, up to 10: each may have thousands. The orders that
/// they stored stay. Index: `import_runs_created`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(scope: &Scope, before: DateTime<Utc>) -> Result<Vec<UnusedFile>, DataError> {
    let tx = scope.begin().await?;
    let rows = old(&tx, before).await?;
    if rows.is_empty() {
        tx.end();
        return Ok(Vec::new());
    }
    let ids = || rows.iter().map(|(id, _)| *id);
    let problems = tx.delete::<import_problem::Entity>().filter(import_problem::Column::ImportId.is_in(ids()));
    problems.exec(tx.conn()).await?;
    let runs = tx.delete::<import_run::Entity>().filter(import_run::Column::Id.is_in(ids()));
    runs.exec(tx.conn()).await?;
    for id in ids() {
        crate::audit::note(&tx, "import.prune", &id.to_string(), json!({})).await?;
    }
    tx.commit().await?;
    Ok(rows.into_iter().map(|(id, file_path)| UnusedFile { id: id.into(), file_path }).collect())
}

// Ids and files, locked.
async fn old(tx: &Tx, before: DateTime<Utc>) -> Result<Vec<(Uuid, String)>, DataError> {
    let (finished, created) = (import_run::Column::FinishedAt, import_run::Column::CreatedAt);
    let ended = Func::coalesce([finished.into_expr(), created.into_expr()]);
    let old = tx
        .find::<import_run::Entity>()
        .filter(import_run::Column::Status.is_in([RunStatus::Done, RunStatus::Failed].map(Text)))
        .filter(created.lt(before))
        .filter(ended.lt(before))
        .order_by_asc(created)
        .order_by_asc(import_run::Column::Id)
        .limit(10)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let old = old.select_only().column(import_run::Column::Id).column(import_run::Column::FilePath);
    Ok(old.into_tuple().all(tx.conn()).await?)
}
