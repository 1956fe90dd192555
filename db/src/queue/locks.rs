//! Mutual exclusion by name, with a lease and a fencing number. The lease says how long a silent holder is believed; the
//! fence grows with each taking, and [`guard`] refuses, within the writer's own transaction, whoever holds it no
//! longer. Time here is PostgreSQL's, so that machines need not agree about it.

use std::time::Duration;

use crate::connect::Db;
use crate::error::DataError;
use crate::platform::PlatformTx;
use crate::scope::Tx;

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
    let sql = "update job_locks set lease_until = clock_timestamp() + $4 * interval '1 millisecond' where name = $1 and holder = $2 and fence = $3";
    let query = sqlx::query(sql).bind(&lock.name).bind(&lock.holder).bind(lock.fence).bind(millis(lease));
    Ok(query.execute(&db.pool).await?.rows_affected() > 0)
}

/// Lets a lock go; whether it was still held.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn release(db: &Db, lock: &Lock) -> Result<bool, DataError> {
    let sql = "update job_locks set holder = null, reason = '' where name = $1 and holder = $2 and fence = $3";
    let query = sqlx::query(sql).bind(&lock.name).bind(&lock.holder).bind(lock.fence);
    Ok(query.execute(&db.pool).await?.rows_affected() > 0)
}

/// Refuses the transaction unless `lock` is held, and keeps it from being taken over until the transaction ends.
///
/// # Errors
/// [`DataError::Refused`] when somebody else holds it, it was broken, or its lease ran out: commit nothing then.
pub async fn guard(tx: &Tx, lock: &Lock) -> Result<(), DataError> {
    // The tenant has no part in it, but a tenant's statement has it as `$1`.
    let sql = "select true from job_locks where $1::uuid is not null and name = $2 and holder = $3 and fence = $4 and lease_until > clock_timestamp() for share";
    let held: Option<bool> =
        tx.scalar(sql, [lock.name.clone().into(), lock.holder.clone().into(), lock.fence.into()]).await?;
    held.map(drop).ok_or_else(|| lost(lock))
}

/// [`guard`] for a transaction of the platform.
///
/// # Errors
/// As [`guard`].
pub async fn guard_for_platform(tx: &PlatformTx, lock: &Lock) -> Result<(), DataError> {
    let sql = "select true from job_locks where name = $1 and holder = $2 and fence = $3 and lease_until > clock_timestamp() for share";
    let held: Option<bool> =
        tx.scalar(sql, [lock.name.clone().into(), lock.holder.clone().into(), lock.fence.into()]).await?;
    held.map(drop).ok_or_else(|| lost(lock))
}

fn lost(lock: &Lock) -> DataError {
    DataError::Refused(format!("the lock '{}' has another holder now; no changes were made", lock.name))
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
