//! Runs that ended long ago.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use serde_json::json;
use uuid::Uuid;

use super::Expired;
use crate::error::DataError;
use crate::scope::Scope;

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    file_path: String,
}

/// Forgets runs that ended before `before`, with their problems, up to 10: each may have thousands. The orders that
/// they stored stay. Index: `import_runs_created`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(scope: &Scope, before: DateTime<Utc>) -> Result<Vec<Expired>, DataError> {
    let tx = scope.begin().await?;
    let sql = "select id, file_path from import_runs where tenant_id = $1 and status in ('done', 'failed') \
                 and created_at < $2 and coalesce(finished_at, created_at) < $2 order by created_at, id limit 10 for update skip locked";
    let rows: Vec<Row> = tx.all(sql, [before.into()]).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    for sql in [
        "delete from import_problems where tenant_id = $1 and import_id = any($2)",
        "delete from import_runs where tenant_id = $1 and id = any($2)",
    ] {
        tx.run(sql, [ids.clone().into()]).await?;
    }
    for row in &rows {
        crate::audit::note(&tx, "import.prune", &row.id.to_string(), json!({})).await?;
    }
    tx.commit().await?;
    Ok(rows.into_iter().map(|row| Expired { id: row.id.into(), file_path: row.file_path }).collect())
}
