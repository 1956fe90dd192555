//! Dashboards of tenants whose people are here, computed before they ask: after each quarter of an hour, when what was
//! kept runs out, and after orders that nobody saw arrive. Into both levels of the cache; through Redis for every
//! process. Doing it again while nothing changed finds everything there.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use db::dashboards::{DashboardQuery, dashboard};
use db::platform::Platform;
use db::{Access, DataError, Db};
use domain::permission::Permission;
use tokio_util::sync::CancellationToken;

use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// How much may be done at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Tenants, the latest seen first.
    pub tenants: u64,
    /// Time; the tenant at hand is still finished.
    pub time: Duration,
    /// Somebody was here within this time.
    pub seen_within: TimeDelta,
}

impl Default for Limits {
    fn default() -> Self {
        Self { tenants: 200, time: Duration::from_secs(5), seen_within: TimeDelta::minutes(30) }
    }
}

/// What was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Tenants whose dashboard is in the cache now.
    pub tenants: u64,
    /// Of these, dashboards that had to be computed.
    pub computed: u64,
    /// Tenants left out because time was up.
    pub left_out: u64,
}

/// Puts the default dashboard of busy tenants into the cache, within `limits`.
///
/// # Errors
/// When PostgreSQL fails while looking for them; a fault of one tenant is logged and leaves that one out.
pub async fn warm(db: &Db, limits: Limits, stop: &CancellationToken) -> Result<Report, DataError> {
    let (started, computed) = (Instant::now(), db.cache().computed());
    let since = db.clock().now() - limits.seen_within;
    let busy = Platform::command(db.clone()).busy_tenants(since, limits.tenants).await?;
    let mut report = Report::default();
    for tenant in busy {
        if stop.is_cancelled() || started.elapsed() >= limits.time {
            report.left_out += 1;
            continue;
        }
        let scope = Access::job(db.clone(), tenant).scope(Permission::ReadReports)?;
        match dashboard(&scope, &DashboardQuery::default()).await {
            Ok(_) => report.tenants += 1,
            Err(error) => {
                report.left_out += 1;
                tracing::warn!(%tenant, %error, "dashboard not cached in advance");
            }
        }
    }
    // People compute dashboards too meanwhile: at most what was done here counts.
    report.computed = (db.cache().computed() - computed).min(report.tenants);
    Ok(report)
}

/// The job `warm_cache`: fills the cache of busy tenants. Twice is safe: the second finds everything there.
pub(crate) async fn warm_job(job: Running) -> Result<Outcome, JobError> {
    let Report { tenants, computed, left_out } = warm(&job.db, Limits::default(), &job.stop).await?;
    job.log.info(format!("{tenants} dashboards cached, {computed} computed, {left_out} skipped"));
    Ok(Outcome::Done)
}
