//! How many jobs stand where.

use std::fmt;

use chrono::TimeDelta;
use domain::jobs::JobState;
use sea_orm::{FromQueryResult, QueryFilter};

use crate::entities::extras::{counts_up_to, is};
use crate::entities::job;
use crate::entities::text::Text;
use crate::error::DataError;
use crate::platform::Platform;
use crate::read_tx::ReadTx;
use crate::scope::Scope;

/// A count that is exact below 10,000.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Capped(i64);

impl Capped {
    /// Jobs are counted up to this number.
    pub const CAP: i64 = 10_000;

    /// The number, [`Self::CAP`] at most.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// Whether there are at least so many, and perhaps more.
    pub const fn is_capped(self) -> bool {
        self.0 >= Self::CAP
    }
}

impl fmt::Display for Capped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_capped() { f.write_str("10,000+") } else { write!(f, "{}", grouped(self.0)) }
    }
}

/// How many jobs stand where, and how attempts ended lately.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Wait for a worker.
    pub ready: Capped,
    /// Wait for their time.
    pub scheduled: Capped,
    /// Are being worked on.
    pub running: Capped,
    /// Failed for good.
    pub dead: Capped,
    /// Were parked.
    pub parked: Capped,
    /// Done in the last hour; of all tenants, and 0 where a tenant asks.
    pub done_hour: i64,
    /// Attempts that went wrong in the last hour; likewise.
    pub failed_hour: i64,
    /// Done in the last 24 hours; likewise.
    pub done_day: i64,
    /// Attempts that went wrong in the last 24 hours; likewise.
    pub failed_day: i64,
}

#[derive(FromQueryResult)]
struct EndedRow {
    done_hour: i64,
    failed_hour: i64,
    done_day: i64,
    failed_day: i64,
}

/// The counts of the installation. Two statements, whatever the rows: live ones by `jobs_state`, ended ones by minute.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn counts(platform: &Platform) -> Result<Counts, DataError> {
    let tx = platform.begin().await?;
    let live = live(ReadTx::Platform(&tx)).await?;
    let now = tx.db().clock().now();
    // SQL: sums over two spans in one reading.
    let sql = "select coalesce(sum(done) filter (where minute >= $2), 0)::bigint done_hour, \
                 coalesce(sum(failed + dead + crashed + parked) filter (where minute >= $2), 0)::bigint failed_hour, \
                 coalesce(sum(done), 0)::bigint done_day, coalesce(sum(failed + dead + crashed + parked), 0)::bigint failed_day \
               from job_minutes where minute >= $1";
    let since = [(now - TimeDelta::hours(24)).into(), (now - TimeDelta::hours(1)).into()];
    let ended: Option<EndedRow> = tx.one(sql, since).await?;
    tx.commit().await?;
    Ok(match ended {
        Some(EndedRow { done_hour, failed_hour, done_day, failed_day }) => {
            Counts { done_hour, failed_hour, done_day, failed_day, ..live }
        }
        None => live,
    })
}

/// The live counts of the scope's tenant.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn counts_of(scope: &Scope) -> Result<Counts, DataError> {
    let tx = scope.begin().await?;
    let live = live(ReadTx::Tenant(&tx)).await?;
    tx.commit().await?;
    Ok(live)
}

async fn live(read_tx: ReadTx<'_>) -> Result<Counts, DataError> {
    use JobState::{Dead, Parked, Ready, Running, Scheduled};
    let jobs = |state: JobState| read_tx.find::<job::Entity>().filter(is(job::Column::State, Text(state)));
    let states = [Ready, Scheduled, Running, Dead, Parked].map(jobs);
    let counts = counts_up_to(states, Capped::CAP.unsigned_abs(), read_tx.conn()).await?;
    let [ready, scheduled, running, dead, parked] = counts.map(Capped);
    Ok(Counts { ready, scheduled, running, dead, parked, ..Counts::default() })
}

fn grouped(number: i64) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}
