//! Mutual exclusion by name, with a lease and a fencing number. The lease says how long a silent holder is believed; the
//! fence grows with each taking, and [`guard`] refuses, within the writer's own transaction, whoever holds it no
//! longer. Time here is PostgreSQL's, so that machines need not agree about it.

use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, Select, Set};

use crate::connect::Db;
use crate::entities::{SharedQueries, job_lock};
use crate::error::DataError;
use crate::platform::PlatformTx;
use crate::scope::Tx;
use crate::transaction::Transaction;

/// A lock that was taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lock {
    /// What it protects, such as `backup:<tenant>`.
    pub name: String,
    /// Who took it.
    pub holder: String,
    /// Which taking it is.
    pub fence: i64,
}

/// Takes the lock `name` for `lease`, unless somebody else holds it. `holder` says who, `reason` what for.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn take(db: &Db, name: &str, holder: &str, lease: Duration, reason: &str) -> Result<Option<Lock>, DataError> {
    // SQL: taken or not in one statement, by PostgreSQL's clock and by what the row says already.
    let sql = "insert into job_locks as l (name, holder, fence, lease_until, acquired_at, reason) \
               values ($1, $2, 1, clock_timestamp() + $3 * interval '1 millisecond', clock_timestamp(), $4) \
               on conflict (name) do update set holder = excluded.holder, fence = l.fence + 1, lease_until = excluded.lease_until, \
                 acquired_at = excluded.acquired_at, reason = excluded.reason \
               where l.holder is null or l.lease_until <= clock_timestamp() returning l.fence";
    let fence: Option<i64> = sqlx::query_scalar(sql)
        .bind(name)
        .bind(holder)
        .bind(millis(lease))
        .bind(reason)
        .fetch_optional(&db.pool)
        .await?;
    Ok(fence.map(|fence| Lock { name: name.to_owned(), holder: holder.to_owned(), fence }))
}

/// Keeps a lock for another `lease` from now; whether it is still held. Call it well before the lease runs out.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn renew(db: &Db, lock: &Lock, lease: Duration) -> Result<bool, DataError> {
    let until = Expr::cust_with_values("clock_timestamp() + $1 * interval '1 millisecond'", [millis(lease)]);
    let renewed = held(db.update_shared::<job_lock::Entity>(), lock).col_expr(job_lock::Column::LeaseUntil, until);
    Ok(renewed.exec(&db.conn).await?.rows_affected > 0)
}

/// Lets a lock go; whether it was still held.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn release(db: &Db, lock: &Lock) -> Result<bool, DataError> {
    let free = job_lock::ActiveModel { holder: Set(None), reason: Set(String::new()), ..Default::default() };
    Ok(held(db.update_shared(), lock).set(free).exec(&db.conn).await?.rows_affected > 0)
}

/// Refuses the transaction unless `lock` is held, and keeps it from being taken over until the transaction ends.
///
/// # Errors
/// [`DataError::Refused`] when somebody else holds it, it was broken, or its lease ran out: commit nothing then.
pub async fn guard(tx: &Tx, lock: &Lock) -> Result<(), DataError> {
    keep(tx.find_shared(), lock, tx.conn()).await
}

/// [`guard`] for a transaction of the platform.
///
/// # Errors
/// As [`guard`].
pub async fn guard_for_platform(tx: &PlatformTx, lock: &Lock) -> Result<(), DataError> {
    keep(tx.find_shared(), lock, tx.conn()).await
}

async fn keep(locks: Select<job_lock::Entity>, lock: &Lock, tx: &Transaction) -> Result<(), DataError> {
    let live = Expr::cust("job_locks.lease_until > clock_timestamp()");
    let found = held(locks, lock).filter(live).lock_shared().one(tx).await?;
    found.map(drop).ok_or_else(|| lost(lock))
}

// The row of the lock, as long as it is held.
fn held<Q: QueryFilter>(query: Q, lock: &Lock) -> Q {
    query
        .filter(job_lock::Column::Name.eq(lock.name.as_str()))
        .filter(job_lock::Column::Holder.eq(lock.holder.as_str()))
        .filter(job_lock::Column::Fence.eq(lock.fence))
}

fn lost(lock: &Lock) -> DataError {
    DataError::Refused(format!("the lock '{}' has another holder now; no changes were made", lock.name))
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
