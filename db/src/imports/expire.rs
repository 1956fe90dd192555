//! Runs that were checked and never started.

use chrono::{DateTime, Utc};
use domain::ids::ImportId;
use domain::imports::RunStatus;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set};
use serde_json::json;
use uuid::Uuid;

use crate::entities::extras::{is, update_returning};
use crate::entities::text::Text;
use crate::entities::{TenantQueries, import_run};
use crate::error::DataError;
use crate::scope::Scope;

const WORDS: &str = "It was not started in time, so the file was removed. Upload it again to import it.";

/// A run that was given up or deleted, and its file, which is not needed any more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnusedFile {
    /// The run.
    pub id: ImportId,
    /// The path of its file.
    pub file_path: String,
}

/// Gives up runs that were checked but not started since before `before`, up to 100. Index: `import_runs_unstarted`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn expire(scope: &Scope, before: DateTime<Utc>) -> Result<Vec<UnusedFile>, DataError> {
    let tx = scope.begin().await?;
    let forgotten = tx
        .find::<import_run::Entity>()
        .filter(is(import_run::Column::Status, Text(RunStatus::Checked)))
        .filter(import_run::Column::CreatedAt.lt(before))
        .order_by_asc(import_run::Column::CreatedAt)
        .limit(100);
    let forgotten = forgotten.select_only().column(import_run::Column::Id).into_query();
    let given_up = import_run::ActiveModel {
        status: Set(Text(RunStatus::Failed)),
        finished_at: Set(Some(scope.now())),
        error: Set(Some(WORDS.to_owned())),
        ..Default::default()
    };
    let given_up = tx
        .update::<import_run::Entity>()
        .set(given_up)
        .filter(import_run::Column::Id.in_subquery(forgotten))
        .filter(import_run::Column::Status.eq(Text(RunStatus::Checked)));
    let columns = [import_run::Column::Id, import_run::Column::FilePath];
    let rows: Vec<(Uuid, String)> = update_returning(given_up, columns, tx.conn()).await?;
    for (id, _) in &rows {
        crate::audit::note(&tx, "import.expire", &id.to_string(), json!({})).await?;
    }
    tx.commit().await?;
    Ok(rows.into_iter().map(|(id, file_path)| UnusedFile { id: id.into(), file_path }).collect())
}
