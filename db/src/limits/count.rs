//! How much of something there is, as of the transaction.

use chrono::Datelike;
use domain::limits::Limit;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter};

use crate::entities::{TenantQueries, api_key, membership, store, usage_month, usage_total, webhook};
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
    let conn = tx.conn();
    let rows = match limit {
        Limit::Stores => tx.find::<store::Entity>().count(conn).await?,
        Limit::Members => tx.find::<membership::Entity>().count(conn).await?,
        Limit::ApiKeys => {
            // By the database's clock.
            let lives = api_key::Column::ExpiresAt.into_expr().gt(Expr::current_timestamp());
            let keys = tx.find::<api_key::Entity>().filter(api_key::Column::RevokedAt.is_null());
            keys.filter(api_key::Column::ExpiresAt.is_null().or(lives)).count(conn).await?
        }
        Limit::Webhooks => tx.find::<webhook::Entity>().count(conn).await?,
        Limit::Products => {
            let totals = tx.find::<usage_total::Entity>().one(conn).await?;
            return Ok(totals.map_or(0, |totals| totals.products));
        }
        Limit::OrdersPerMonth => {
            let today = tx.scope().now().date_naive();
            let month = usage_month::Column::Month.eq(today.with_day(1).unwrap_or(today));
            let month = tx.find::<usage_month::Entity>().filter(month).one(conn).await?;
            return Ok(month.map_or(0, |month| month.orders));
        }
        // SQL: a sum over two tables.
        Limit::StorageBytes => return Ok(tx.scalar(&format!("select {STORAGE}"), []).await?.unwrap_or(0)),
        Limit::RequestsPerMinute
        | Limit::RequestsPerMinutePerKey
        | Limit::BatchOrders
        | Limit::BackupDays
        | Limit::BackupEveryDays
        | Limit::ExportRows => 0,
    };
    Ok(i64::try_from(rows).unwrap_or(i64::MAX))
}
