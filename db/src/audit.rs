//! The record of who changed what, written in the transaction of the change.

use crate::error::DataError;
use crate::scope::Tx;

/// Notes `action` on `subject` by the scope's actor.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn note(tx: &Tx, action: &str, subject: &str, details: serde_json::Value) -> Result<(), DataError> {
    let scope = tx.scope();
    let sql = "insert into audit_entries (tenant_id, at, id, actor, action, subject, details, request_id) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = [
        scope.now().into(),
        scope.clock().id::<uuid::Uuid>().into(),
        scope.actor().to_string().into(),
        action.into(),
        subject.into(),
        details.into(),
        scope.request_id().map(str::to_owned).into(),
    ];
    tx.run(sql, values).await.map(drop)
}
