//! The jobs `measure_customers` and, for all tenants, `measure_all_customers`.

use chrono::TimeDelta;
use db::queue::{NewJob, enqueue_for_platform};
use serde_json::json;

use super::{Report, measure};
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

const TENANTS: u64 = 100_000;

/// Measures one tenant's customers. Twice is safe: doing a batch again changes nothing.
pub(crate) async fn of_tenant(job: Running) -> Result<Outcome, JobError> {
    let Report { customers, batches, changed, is_stopped } = measure(&job.db, job.tenant, &job.stop).await?;
    if is_stopped {
        // Whoever takes it next begins anew.
        return Ok(Outcome::Snooze(TimeDelta::zero()));
    }
    job.log.info(format!("{customers} customers in {batches} batches, {changed} scores changed"));
    Ok(Outcome::Done)
}

/// Enqueues that for every tenant. Twice is safe: a tenant has one live job of the kind.
pub(crate) async fn of_all(job: Running) -> Result<Outcome, JobError> {
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
