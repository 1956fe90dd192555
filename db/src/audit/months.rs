//! The months that the record is cut into.

use chrono::{Datelike, Months, NaiveDate};

use crate::connect::Db;
use crate::error::DataError;

/// Months made ahead of the running one.
const AHEAD: u32 = 2;

/// Makes the running month and the next two; how many were missing. Entries that came while one was missing lie in the
/// default partition and move along.
///
/// # Errors
/// When PostgreSQL fails, or a lock was not to be had at once: try again.
pub async fn make_ahead(db: &Db) -> Result<usize, DataError> {
    let today = db.clock().now().date_naive();
    let first = today.with_day(1).unwrap_or(today);
    let mut made = 0;
    for month in (0..=AHEAD).filter_map(|n| first.checked_add_months(Months::new(n))) {
        made += usize::from(make(db, month).await?);
    }
    Ok(made)
}

async fn make(db: &Db, month: NaiveDate) -> Result<bool, DataError> {
    // SQL: a function of the database makes partitions.
    Ok(sqlx::query_scalar("select stoa_make_audit_month($1)").bind(month).fetch_one(&db.pool).await?)
}
