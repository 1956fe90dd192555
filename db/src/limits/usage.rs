//! How much of its limits a tenant uses, how that goes on, and what its owner should know of it.

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};
use domain::limits::{Growth, Level, Limit, forecast};
use sea_orm::FromQueryResult;

use super::count::{STORAGE, STORAGE_THEN};
use super::known::plan;
use crate::error::DataError;
use crate::scope::Scope;

/// Growth is judged by so many days.
const LOOKED_BACK: TimeDelta = TimeDelta::days(30);

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
