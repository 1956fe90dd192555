//! Quarters of `orders` and `order_items`: made ahead by upkeep, and on demand when old orders come.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::calendar::quarter_start;

use crate::connect::Db;
use crate::error::DataError;

/// Makes the quarters of `days` (UTC) that do not exist yet, each in its own transaction; how many were made.
///
/// # Errors
/// When PostgreSQL fails, or somebody holds a lock on the tables for more than two seconds.
pub async fn ensure(db: &Db, days: impl IntoIterator<Item = NaiveDate>) -> Result<usize, DataError> {
    let quarters: BTreeSet<NaiveDate> = days.into_iter().map(quarter_start).collect();
    let mut made = 0;
    for quarter in quarters {
        let new: bool = sqlx::query_scalar("select stoa_ensure_quarter($1)").bind(quarter).fetch_one(&db.pool).await?;
        made += usize::from(new);
    }
    Ok(made)
}

/// The last day (UTC) that has a partition, if there is any: the end of the runway.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn last_day(db: &Db) -> Result<Option<NaiveDate>, DataError> {
    let sql = "select max((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([0-9-]{10})'))[1])::date - 1 \
               from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'orders'::regclass";
    Ok(sqlx::query_scalar(sql).fetch_one(&db.pool).await?)
}
