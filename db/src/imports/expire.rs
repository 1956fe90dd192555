//! Runs that were checked and then forgotten.

use chrono::{DateTime, Utc};
use domain::ids::ImportId;
use sea_orm::FromQueryResult;
use serde_json::json;
use uuid::Uuid;

use crate::error::DataError;
use crate::scope::Scope;

/// A run that was given up, and the file that nobody needs any more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expired {
    /// The run.
    pub id: ImportId,
    /// Where its file lies.
    pub file_path: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    file_path: String,
}

/// Gives up runs that were checked but not started since before `before`, up to 100. Index: `import_runs_unstarted`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn expire(scope: &Scope, before: DateTime<Utc>) -> Result<Vec<Expired>, DataError> {
    let tx = scope.begin().await?;
    let sql = "update import_runs set status = 'failed', finished_at = $3, \
                 error = 'It was not started in time, so the file was removed. Upload it again to import it.' \
               where tenant_id = $1 and id in (select id from import_runs \
                 where tenant_id = $1 and status = 'checked' and created_at < $2 order by created_at limit 100) \
               and status = 'checked' returning id, file_path";
    let rows: Vec<Row> = tx.all(sql, [before.into(), scope.now().into()]).await?;
    for row in &rows {
        crate::audit::note(&tx, "import.expire", &row.id.to_string(), json!({})).await?;
    }
    tx.commit().await?;
    Ok(rows.into_iter().map(|row| Expired { id: row.id.into(), file_path: row.file_path }).collect())
}
