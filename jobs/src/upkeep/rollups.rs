//! Random days of every tenant recomputed from raw rows, repaired where they differ, and reported.

use chrono::NaiveDate;
use db::platform::Platform;
use db::rollups::{self, Difference};
use db::{Access, DataError, Db};
use domain::permission::Permission;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::TENANTS;
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Days of each tenant.
const DAYS: u64 = 3;

/// What a round found.
#[derive(Debug, Default)]
pub struct Report {
    /// Days that were recomputed.
    pub days: u64,
    /// What differed, by tenant; it is repaired by now.
    pub found: Vec<(String, Difference)>,
}

/// Recomputes a few random days of every tenant and repairs those that differ.
///
/// # Errors
/// When PostgreSQL fails; what was repaired until then stays so.
pub async fn verify(db: &Db, stop: &CancellationToken) -> Result<Report, DataError> {
    let mut report = Report::default();
    for tenant in Platform::command(db.clone()).tenants(TENANTS).await? {
        let scope = Access::job(db.clone(), tenant.id).scope(Permission::ReadReports)?;
        let Some((first, last)) = rollups::span(&scope).await? else { continue };
        for _ in 0..DAYS {
            if stop.is_cancelled() {
                return Ok(report);
            }
            let day = random_day(first, last, db.clock().id());
            report.days += 1;
            let found = rollups::verify_day(&scope, day).await?;
            if !found.is_empty() {
                rollups::repair_day(&scope, day, &found).await?;
                report.found.extend(found.into_iter().map(|difference| (tenant.slug.clone(), difference)));
            }
        }
    }
    Ok(report)
}

/// The job `verify_rollups`.
pub(crate) async fn verify_job(job: Running) -> Result<Outcome, JobError> {
    let mended = db::mend::once(&job.db).await?;
    if mended > 0 {
        job.log.info(format!("{mended} rows of an older version corrected"));
    }
    let report = verify(&job.db, &job.stop).await?;
    for (tenant, difference) in &report.found {
        let Difference { rollup, bucket, maintained, recounted } = difference;
        tracing::error!(%tenant, rollup, bucket, maintained, recounted, "a maintained figure was wrong and was \
            repaired");
        job.log.warn(format!("{tenant}: {rollup} {bucket} was {maintained}, is {recounted} now"));
    }
    job.log.info(format!("{} days recomputed, {} buckets repaired", report.days, report.found.len()));
    Ok(Outcome::Done)
}

fn random_day(first: NaiveDate, last: NaiveDate, chance: Uuid) -> NaiveDate {
    let days = u64::try_from((last - first).num_days()).unwrap_or(0) + 1;
    first + chrono::Days::new(chance.as_u64_pair().1 % days)
}
