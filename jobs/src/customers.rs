//! The nightly recount of a tenant's customers. Each batch is a transaction of its own, and doing one again changes
//! nothing: stopped anywhere, the next night begins anew.

use chrono::TimeDelta;
use db::queue::{NewJob, enqueue_for_platform};
use db::{Access, DataError, Db, customer_metrics};
use domain::ids::{CustomerId, TenantId, Uuid};
use domain::permission::Permission;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Customers whose orders are read in one statement.
const AT_ONCE: u64 = 5_000;
const TENANTS: u64 = 100_000;

/// What was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Customers looked at.
    pub customers: i64,
    /// In so many batches.
    pub batches: u64,
    /// Scores and segments that changed.
    pub changed: u64,
    /// Whether it was stopped before its end.
    pub is_stopped: bool,
}

/// Recomputes the metrics of all customers of a tenant, then scores them store by store.
///
/// # Errors
/// When PostgreSQL fails; batches that were done stay done.
pub async fn measure(db: &Db, tenant: TenantId, stop: &CancellationToken) -> Result<Report, DataError> {
    measure_in(db, tenant, AT_ONCE, stop).await
}

/// The same in batches of `at_once` customers.
///
/// # Errors
/// When PostgreSQL fails; batches that were done stay done.
pub async fn measure_in(
    db: &Db,
    tenant: TenantId,
    at_once: u64,
    stop: &CancellationToken,
) -> Result<Report, DataError> {
    let scope = Access::job(db.clone(), tenant).scope(Permission::ReadOrders)?;
    let mut report = Report::default();
    let mut after = CustomerId(Uuid::nil());
    while let Some(batch) = customer_metrics::gather(&scope, after, at_once).await? {
        after = batch.last;
        report.customers += batch.customers;
        report.batches += 1;
        if stop.is_cancelled() {
            return Ok(Report { is_stopped: true, ..report });
        }
    }
    let tx = scope.begin().await?;
    let stores = db::stores::list(&tx).await?;
    tx.commit().await?;
    for store in &stores {
        report.changed += customer_metrics::rank(&scope, store).await?;
        if stop.is_cancelled() {
            return Ok(Report { is_stopped: true, ..report });
        }
    }
    Ok(report)
}

/// The job `measure_customers`: measures one tenant's customers. Twice is safe: doing a batch again changes nothing.
pub(crate) async fn measure_job(job: Running) -> Result<Outcome, JobError> {
    let Report { customers, batches, changed, is_stopped } = measure(&job.db, job.tenant, &job.stop).await?;
    if is_stopped {
        // Whoever takes it next begins anew.
        return Ok(Outcome::Snooze(TimeDelta::zero()));
    }
    job.log.info(format!("{customers} customers in {batches} batches, {changed} scores changed"));
    Ok(Outcome::Done)
}

/// The job `measure_all_customers`: enqueues it for every tenant. Twice is safe: a tenant has one live job of the kind.
pub(crate) async fn measure_all_job(job: Running) -> Result<Outcome, JobError> {
    let platform = job.platform();
    let tenants = platform.tenants(TENANTS).await?;
    let tx = platform.begin().await?;
    let mut made = 0_u64;
    for tenant in tenants.iter().filter(|tenant| tenant.suspended_at.is_none()) {
        let new = NewJob {
            key: Some("all".into()),
            queue: "heavy",
            max_attempts: 3,
            ..NewJob::new("measure_customers", json!({}))
        };
        made += u64::from(enqueue_for_platform(&tx, tenant.id, &new).await?.is_some());
    }
    tx.commit().await?;
    job.log.info(format!("{made} tenants queued"));
    Ok(Outcome::Done)
}
