//! Writing the record. What is noted in a transaction is recorded with it: see [`crate::notes`].

use serde_json::Value;

use crate::error::DataError;
use crate::platform::PlatformTx;
use crate::scope::{Scope, Tx};

/// Notes `action` on `subject` by the scope's actor; `details` say what it came to. Recorded with the commit.
///
/// # Errors
/// Never; the commit tells when it could not be recorded.
pub async fn note(tx: &Tx, action: &str, subject: &str, details: Value) -> Result<(), DataError> {
    changed(tx, action, subject, Value::Null, details).await
}

/// Notes that `action` changed fields of `subject`: objects with the same fields, as they were and as they are.
///
/// # Errors
/// Never; the commit tells when it could not be recorded.
pub async fn changed(tx: &Tx, action: &str, subject: &str, before: Value, after: Value) -> Result<(), DataError> {
    tx.notes().add(action, subject, before, after);
    Ok(())
}

/// Records something that changed nothing: an export, a refusal.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn record(scope: &Scope, action: &str, subject: &str, details: Value) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    note(&tx, action, subject, details).await?;
    tx.commit().await
}

/// Notes something that concerns the installation as a whole.
pub fn note_platform(tx: &PlatformTx, action: &str, subject: &str, before: Value, after: Value) {
    tx.notes().add(action, subject, before, after);
}
