//! Whose webhooks have something to do.

use chrono::{DateTime, Utc};
use domain::ids::TenantId;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::error::DataError;
use crate::platform::Platform;

#[derive(FromQueryResult)]
struct Row {
    tenant_id: Uuid,
}

/// Tenants, of `tenants` or of all, with a live webhook that lies behind its feed, or with a delivery that was due before
/// `due` and that nobody took. Those that are suspended are not among them. Index: `webhooks_live`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn behind(
    platform: &Platform,
    tenants: Option<&[TenantId]>,
    due: DateTime<Utc>,
) -> Result<Vec<TenantId>, DataError> {
    let tenants: Option<Vec<Uuid>> = tenants.map(|tenants| tenants.iter().map(|tenant| tenant.0).collect());
    let tx = platform.begin().await?;
    // SQL: a function of the database looks into all tenants.
    let sql = "select tenant_id from stoa_webhooks_behind($1, $2)";
    let rows: Vec<Row> = tx.all(sql, [tenants.into(), due.into()]).await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(|row| row.tenant_id.into()).collect())
}
