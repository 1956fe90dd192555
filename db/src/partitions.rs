//! Quarters of `orders` and `order_items`: made ahead by upkeep, and on demand when old orders come.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use domain::calendar::quarter_start;

use crate::connect::Db;
use crate::error::DataError;

/// Quarters that were there a moment ago, so that not every order asks.
#[derive(Default)]
pub(crate) struct Quarters(Mutex<HashMap<NaiveDate, Instant>>);

/// Shorter than anything takes that removes a quarter: archiving first takes its rows away.
const REMEMBERED: Duration = Duration::from_secs(60);

impl Quarters {
    fn is_known(&self, quarter: NaiveDate) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&quarter).is_some_and(|seen| seen.elapsed() < REMEMBERED)
    }

    fn remember(&self, quarter: NaiveDate) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(quarter, Instant::now());
    }
}

/// Makes the quarters of `days` (UTC) that do not exist yet, each in its own transaction; how many were made.
///
/// # Errors
/// When PostgreSQL fails, or somebody holds a lock on the tables for more than two seconds.
pub async fn ensure(db: &Db, days: impl IntoIterator<Item = NaiveDate>) -> Result<usize, DataError> {
    let quarters: BTreeSet<NaiveDate> = days.into_iter().map(quarter_start).collect();
    let mut made = 0;
    for quarter in quarters {
        if db.quarters().is_known(quarter) {
            continue;
        }
        let new: bool = sqlx::query_scalar("select stoa_ensure_quarter($1)").bind(quarter).fetch_one(&db.pool).await?;
        made += usize::from(new);
        db.quarters().remember(quarter);
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
