//! Locks as people see them, and breaking one.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;

use super::notes::{By, note};
use crate::entities::{SharedQueries, job_lock};
use crate::error::DataError;
use crate::platform::Platform;

/// A lock that is held, or whose lease ran out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LockRow {
    /// What it protects.
    pub name: String,
    /// Who holds it.
    pub holder: String,
    /// Which taking it is.
    pub fence: i64,
    /// Until when, unless it is renewed.
    pub lease_until: DateTime<Utc>,
    /// Since when.
    pub acquired_at: DateTime<Utc>,
    /// What for.
    pub reason: String,
    /// Whether the lease ran out: the next one who asks gets it.
    pub is_over: bool,
}

#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    lock: job_lock::Model,
    is_over: bool,
}

/// Locks that somebody holds, by name, up to 200. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn locks(platform: &Platform) -> Result<Vec<LockRow>, DataError> {
    let tx = platform.begin().await?;
    let locks = tx
        .find_shared::<job_lock::Entity>()
        // By PostgreSQL's clock, by which leases are given.
        .expr_as(Expr::cust("job_locks.lease_until <= clock_timestamp()"), "is_over")
        .filter(job_lock::Column::Holder.is_not_null())
        .order_by_asc(job_lock::Column::Name)
        .limit(200);
    let found = locks.into_model::<Row>().all(tx.conn()).await?;
    tx.commit().await?;
    let row = |Row { lock, is_over }: Row| LockRow {
        name: lock.name,
        holder: lock.holder.unwrap_or_default(),
        fence: lock.fence,
        lease_until: lock.lease_until,
        acquired_at: lock.acquired_at,
        reason: lock.reason,
        is_over,
    };
    Ok(found.into_iter().map(row).collect())
}

/// Takes a lock from its holder, whose writes are refused from now on. Whether anybody held it.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn break_lock(platform: &Platform, name: &str, by: &By) -> Result<bool, DataError> {
    let tx = platform.begin().await?;
    let lock = tx.find_shared::<job_lock::Entity>().filter(job_lock::Column::Name.eq(name)).lock_exclusive();
    let Some(holder) = lock.one(tx.conn()).await?.and_then(|lock| lock.holder) else {
        tx.commit().await?;
        return Ok(false);
    };
    let broken = job_lock::ActiveModel {
        holder: Set(None),
        reason: Set(format!("broken: {}", by.reason())),
        ..Default::default()
    };
    let fence = Expr::col(job_lock::Column::Fence).add(1);
    let broken = tx.update_shared().set(broken).col_expr(job_lock::Column::Fence, fence);
    broken.filter(job_lock::Column::Name.eq(name)).exec(tx.conn()).await?;
    note(&tx, by, "break_lock", name, json!({"holder": holder})).await?;
    tx.commit().await?;
    Ok(true)
}
