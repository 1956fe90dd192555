//! Charts: what ended when, by minute or by hour.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;

use crate::error::DataError;
use crate::platform::Platform;

/// The width of a point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
}

/// What ended within one step. Steps in which nothing ended are left out.
#[derive(Clone, PartialEq, Eq, Debug, FromQueryResult)]
pub struct Point {
    /// When the step began.
    pub at: DateTime<Utc>,
    /// Done.
    pub done: i64,
    /// Attempts that went wrong: failed, dead, crashed, parked.
    pub failed: i64,
    /// Snoozed or cancelled.
    pub other: i64,
    /// The mean wait from ready to started, in milliseconds.
    pub wait_ms: i64,
    /// The longest wait, in milliseconds.
    pub wait_ms_max: i64,
    /// The mean time at work, in milliseconds.
    pub run_ms: i64,
    /// The longest time at work, in milliseconds.
    pub run_ms_max: i64,
}

/// The points of `from..to`, oldest first, up to 3,000; of one kind or queue if so asked.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn series(
    platform: &Platform,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    step: Step,
    kind: Option<&str>,
    queue: Option<&str>,
) -> Result<Vec<Point>, DataError> {
    let step = match step {
        Step::Minute => "minute",
        Step::Hour => "hour",
    };
    // SQL: sums and means by a step of time.
    let sql = "select date_trunc($1, minute, 'UTC') as at, sum(done)::bigint done, sum(failed + dead + crashed + parked)::bigint failed, \
                 sum(snoozed + cancelled)::bigint other, \
                 (sum(wait_ms_sum) / greatest(1, sum(done + failed + dead + cancelled + crashed + parked)))::bigint wait_ms, max(wait_ms_max) wait_ms_max, \
                 (sum(run_ms_sum) / greatest(1, sum(done + failed + dead + cancelled + crashed + parked)))::bigint run_ms, max(run_ms_max) run_ms_max \
               from job_minutes where minute >= $2 and minute < $3 and ($4::text is null or kind = $4) and ($5::text is null or queue = $5) \
               group by 1 order by 1 limit 3000";
    let owned = |text: Option<&str>| text.map(str::to_owned).into();
    let tx = platform.begin().await?;
    let found = tx.all(sql, [step.into(), from.into(), to.into(), owned(kind), owned(queue)]).await?;
    tx.commit().await?;
    Ok(found)
}
