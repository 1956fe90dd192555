//! How much of something there is, as of the transaction.

use domain::limits::Limit;

use crate::error::DataError;
use crate::scope::Tx;

/// What the tenant keeps in the storage: files that wait to be imported, and backups.
pub(super) const STORAGE: &str = "(select coalesce(sum(r.file_size), 0)::bigint from import_runs r \
      where r.tenant_id = $1 and r.status in ('checking', 'checked', 'queued', 'running')) \
    + (select coalesce(sum(b.bytes), 0)::bigint from backups b where b.tenant_id = $1 and b.removed_at is null)";

/// What of that it kept at the moment `$2`.
pub(super) const STORAGE_THEN: &str = "(select coalesce(sum(r.file_size), 0)::bigint from import_runs r \
      where r.tenant_id = $1 and r.created_at < $2 \
        and (r.status in ('checking', 'checked', 'queued', 'running') or r.finished_at >= $2)) \
    + (select coalesce(sum(b.bytes), 0)::bigint from backups b \
      where b.tenant_id = $1 and b.started_at < $2 and (b.removed_at is null or b.removed_at >= $2))";

/// How much of `limit` is used. Zero for what is not kept: rates, sizes, and what the platform does by itself.
pub(super) async fn used(tx: &Tx, limit: Limit) -> Result<i64, DataError> {
    let sql = match limit {
        Limit::Stores => "select count(*) from stores where tenant_id = $1",
        Limit::Members => "select count(*) from memberships where tenant_id = $1",
        Limit::ApiKeys => {
            "select count(*) from api_keys where tenant_id = $1 and revoked_at is null and (expires_at is null or expires_at > now())"
        }
        Limit::Webhooks => "select count(*) from webhooks where tenant_id = $1",
        Limit::Products => "select products from usage_totals where tenant_id = $1",
        Limit::OrdersPerMonth => {
            let sql = "select orders from usage_months where tenant_id = $1 and month = date_trunc('month', $2::timestamptz at time zone 'UTC')::date";
            return Ok(tx.scalar(sql, [tx.scope().now().into()]).await?.unwrap_or(0));
        }
        Limit::StorageBytes => &format!("select {STORAGE}"),
        Limit::RequestsPerMinute
        | Limit::RequestsPerMinutePerKey
        | Limit::BatchOrders
        | Limit::BackupDays
        | Limit::BackupEveryDays
        | Limit::ExportRows => return Ok(0),
    };
    Ok(tx.scalar(sql, []).await?.unwrap_or(0))
}
