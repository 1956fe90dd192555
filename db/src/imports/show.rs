//! One run.

use domain::ids::ImportId;

use super::{COLUMNS, Row, Run, TABLES};
use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// The run `id`.
///
/// # Errors
/// [`DataError::NotFound`] when the tenant has none, or the actor does not reach its store.
pub async fn show(scope: &Scope, id: ImportId) -> Result<Run, DataError> {
    let tx = scope.begin().await?;
    let run = read(&tx, id).await?;
    tx.commit().await?;
    Ok(run)
}

pub(super) async fn read(tx: &Tx, id: ImportId) -> Result<Run, DataError> {
    let sql = format!("select {COLUMNS} from {TABLES} where r.tenant_id = $1 and r.id = $2");
    let row: Row = tx.one(&sql, [id.0.into()]).await?.ok_or(DataError::NotFound("import"))?;
    let run: Run = row.try_into()?;
    if tx.scope().stores().includes(run.store_id) { Ok(run) } else { Err(DataError::NotFound("import")) }
}
