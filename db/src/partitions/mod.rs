//! Quarters of `orders` and `order_items`: made ahead by upkeep, and on demand when old orders come; a default
//! partition is the net under them. Every step is one function of the database in a transaction of its own, which
//! waits 80 ms for a lock at most; [`steps`] tries again. How it fits together: docs/decisions/0012-partitions.md.

mod archived;
pub mod archiving;
mod bounds;
pub mod content;
mod overview;
mod progress;
pub mod steps;
pub mod upkeep;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use domain::quarter::Quarter;
use sea_orm::{DbBackend, FromQueryResult, Statement, Value};

use crate::cache::cached::Cached;
use crate::connect::Db;
use crate::error::DataError;

pub use archived::{ArchiveRow, ArchiveState, archived_since};
pub use archiving::{RESTORE_JOB, ask_back};
pub use bounds::{Bound, Table, bounds, runway};
pub use overview::{Going, Overview, QuarterRow, QuarterState, TableRow, overview};

/// Quarters that were asked for a moment ago, so that not every order asks; when those were given up that are not there.
pub(crate) struct KnownQuarters(Cached<Quarter, Option<Instant>>);

const REMEMBERED: Duration = Duration::from_secs(60);
/// One that cannot be made now: orders go to the default partition meanwhile, without waiting each time.
const GIVEN_UP: Duration = Duration::from_secs(2);

impl Default for KnownQuarters {
    fn default() -> Self {
        Self(Cached::new(10_000, REMEMBERED))
    }
}

/// Makes the quarters of `days` (UTC) that do not exist yet, each in its own transaction. One that cannot be made now is
/// logged and left to upkeep: the default partition takes its orders.
///
/// # Errors
/// When PostgreSQL is out of reach.
pub async fn ensure(db: &Db, days: impl IntoIterator<Item = NaiveDate>) -> Result<(), DataError> {
    let quarters: BTreeSet<Quarter> = days.into_iter().map(Quarter::of).collect();
    let KnownQuarters(known) = &db.known().quarters;
    for quarter in quarters {
        let given_up = known.get(&quarter, || make(db, quarter)).await?;
        if given_up.is_some_and(|at| at.elapsed() >= GIVEN_UP) {
            known.forget(&quarter).await;
            known.get(&quarter, || make(db, quarter)).await?;
        }
    }
    Ok(())
}

async fn make(db: &Db, quarter: Quarter) -> Result<Option<Instant>, DataError> {
    match steps::ensure(db, quarter).await {
        Ok(_) => Ok(None),
        Err(error) if error.is_outage() && !steps::is_locked(&error) => Err(error),
        Err(error) => {
            tracing::warn!(%quarter, %error, "a partition cannot be created now; its orders go to the default partition until maintenance creates it");
            Ok(Some(Instant::now()))
        }
    }
}

// No tenant's rows: what is read here is the same for all.
async fn rows<R: FromQueryResult>(
    db: &Db,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<R>, DataError> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(R::find_by_statement(statement).all(&db.conn).await?)
}
