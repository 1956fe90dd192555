//! How much of its limits a tenant uses, how that goes on, and what its owner should know of it.

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};
use domain::limits::{Growth, Level, Limit, forecast};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, FromQueryResult, PaginatorTrait, QueryFilter};

use super::known::plan;
use crate::entities::{TenantQueries, api_key, membership, store, usage_month, usage_total, webhook};
use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// Growth is judged by so many days.
const LOOKED_BACK: TimeDelta = TimeDelta::days(30);
/// What the tenant keeps in the storage: files that wait to be imported, and backups.
const STORAGE: &str = "(select coalesce(sum(r.file_size), 0)::bigint from import_runs r \
      where r.tenant_id = $1 and r.status in ('checking', 'checked', 'queued', 'running')) \
    + (select coalesce(sum(b.bytes), 0)::bigint from backups b where b.tenant_id = $1 and b.removed_at is null)";
/// What of that it kept at the moment `$2`.
const STORAGE_THEN: &str = "(select coalesce(sum(r.file_size), 0)::bigint from import_runs r \
      where r.tenant_id = $1 and r.created_at < $2 \
        and (r.status in ('checking', 'checked', 'queued', 'running') or r.finished_at >= $2)) \
    + (select coalesce(sum(b.bytes), 0)::bigint from backups b \
      where b.tenant_id = $1 and b.started_at < $2 and (b.removed_at is null or b.removed_at >= $2))";

/// One limit and what is used of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Which one.
    pub limit: Limit,
    /// What is used; none for rates, sizes and what the platform does by itself.
    pub used: Option<i64>,
    /// What the tier allows; none: without end.
    pub allowed: Option<i64>,
    /// When it will be reached if things go on as they went.
    pub forecast: Option<DateTime<Utc>>,
    /// Since when more was taken in than was allowed, if it was.
    pub over_since: Option<DateTime<Utc>>,
}

impl Usage {
    /// How near it is.
    pub fn level(&self) -> Level {
        match (self.used, self.allowed) {
            (Some(used), Some(allowed)) => Level::of(used, allowed),
            _ => Level::Fine,
        }
    }
}

#[derive(FromQueryResult)]
struct Row {
    stores: i64,
    stores_grown: i64,
    members: i64,
    members_grown: i64,
    api_keys: i64,
    api_keys_grown: i64,
    webhooks: i64,
    webhooks_grown: i64,
    products: i64,
    products_grown: i64,
    products_over_since: Option<DateTime<Utc>>,
    orders: i64,
    orders_over_since: Option<DateTime<Utc>>,
    storage: i64,
    storage_then: i64,
}

/// All limits of the tenant, in the order in which people read them. One statement, besides the plan, which is mostly known.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn usage(scope: &Scope) -> Result<Vec<Usage>, DataError> {
    let plan = plan(scope.db(), scope.tenant()).await?;
    let now = scope.now();
    let month = first_of_month(now.date_naive());
    let since = now - LOOKED_BACK;
    let tx = scope.begin().await?;
    // SQL: sums and counts of nine tables as of one moment. Products are many, so those of the last days are found by
    // their ids, which begin with the time.
    let sql = format!(
        "select s.n as stores, s.grown as stores_grown, m.n as members, m.grown as members_grown, k.n as api_keys, k.grown as api_keys_grown, \
           w.n as webhooks, w.grown as webhooks_grown, \
           coalesce(t.products, 0) as products, t.products_over_since, \
           (select count(*) from products p where p.tenant_id = $1 and p.id >= $3) as products_grown, \
           coalesce(o.orders, 0) as orders, o.over_since as orders_over_since, {STORAGE} as storage, {STORAGE_THEN} as storage_then \
         from (select count(*) as n, count(*) filter (where created_at >= $2) as grown from stores where tenant_id = $1) s \
         cross join (select count(*) as n, count(*) filter (where created_at >= $2) as grown from memberships where tenant_id = $1) m \
         cross join (select count(*) as n, count(*) filter (where created_at >= $2) as grown from api_keys where tenant_id = $1 and revoked_at is null) k \
         cross join (select count(*) as n, count(*) filter (where created_at >= $2) as grown from webhooks where tenant_id = $1) w \
         left join usage_totals t on t.tenant_id = $1 left join usage_months o on o.tenant_id = $1 and o.month = $4"
    );
    let row: Option<Row> = tx.one(&sql, [since.into(), first_id(since).into(), month.into()]).await?;
    tx.end();
    let row = row.ok_or_else(|| DataError::Corrupt("usage did not answer".into()))?;
    Ok(Limit::ALL.into_iter().map(|limit| row.usage(limit, plan.terms.allowed(limit), now)).collect())
}

/// What the tenant's owner should know: limits that are near or reached, in order.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn warnings(scope: &Scope) -> Result<Vec<Usage>, DataError> {
    Ok(usage(scope).await?.into_iter().filter(|usage| usage.level().warns()).collect())
}

/// How much of `limit` is used, as of the transaction. Zero for what is not kept: rates, sizes, and what the platform
/// does by itself.
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
            let month = usage_month::Column::Month.eq(first_of_month(tx.scope().now().date_naive()));
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

impl Row {
    fn usage(&self, limit: Limit, allowed: Option<i64>, now: DateTime<Utc>) -> Usage {
        let steady = |by| Some((Growth { by, over: LOOKED_BACK }, None));
        let begin = first_of_month(now.date_naive());
        let month = Growth { by: self.orders, over: now - midnight(begin) };
        let end = begin.checked_add_months(Months::new(1)).map(midnight);
        let (used, growth, over_since) = match limit {
            Limit::Stores => (self.stores, steady(self.stores_grown), None),
            Limit::Members => (self.members, steady(self.members_grown), None),
            Limit::ApiKeys => (self.api_keys, steady(self.api_keys_grown), None),
            Limit::Webhooks => (self.webhooks, steady(self.webhooks_grown), None),
            Limit::Products => (self.products, steady(self.products_grown), self.products_over_since),
            Limit::OrdersPerMonth => (self.orders, Some((month, end)), self.orders_over_since),
            // Files come and go: what counts is by how much there are more.
            Limit::StorageBytes => (self.storage, steady(self.storage - self.storage_then), None),
            _ => return Usage { limit, used: None, allowed, forecast: None, over_since: None },
        };
        let ahead = |allowed| {
            let (growth, until) = growth?;
            forecast(now, used, allowed, growth, until)
        };
        let over_since = over_since.filter(|_| allowed.is_some_and(|allowed| used > allowed));
        Usage { limit, used: Some(used), allowed, forecast: allowed.and_then(ahead), over_since }
    }
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

// The least id that can have been made at that moment or later.
fn first_id(at: DateTime<Utc>) -> uuid::Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}
