//! Which tenants have somebody looking.

use chrono::{DateTime, Utc};
use domain::ids::TenantId;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::Platform;
use crate::error::DataError;

#[derive(FromQueryResult)]
struct Row {
    tenant_id: Uuid,
}

impl Platform {
    /// Tenants with a member who was here since `since`, the latest seen first, up to `limit`. Suspended ones are left
    /// out. Indexes: `sessions_expiry`, `memberships_user`.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn busy_tenants(&self, since: DateTime<Utc>, limit: u64) -> Result<Vec<TenantId>, DataError> {
        // SQL: ranks tenants by the last sign of life among the sessions of all of their members.
        let sql = "select m.tenant_id from sessions s join memberships m on m.user_id = s.user_id \
                   join tenants t on t.id = m.tenant_id and t.suspended_at is null \
                   where s.expires_at > $1 and s.seen_at >= $2 group by m.tenant_id order by max(s.seen_at) desc, m.tenant_id limit $3";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let tx = self.begin().await?;
        let rows: Vec<Row> = tx.all(sql, [self.db.clock().now().into(), since.into(), limit.into()]).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(|row| row.tenant_id.into()).collect())
    }
}
