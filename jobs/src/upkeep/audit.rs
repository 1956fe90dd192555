//! The record of who did what, walked along from its beginning. Twice is safe: it is only read.

use db::audit::{self, Walk};
use db::platform::{Platform, PlatformTx};
use db::{Access, DataError, Db};
use domain::ids::TenantId;
use domain::permission::Permission;
use tokio_util::sync::CancellationToken;

use super::TENANTS;
use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Walks along every tenant's chain and the installation's own; what each came to.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn verify(db: &Db, stop: &CancellationToken) -> Result<Vec<(TenantId, Walk)>, DataError> {
    let tenants = Platform::command(db.clone()).tenants(TENANTS).await?;
    let mut walks = Vec::new();
    for tenant in std::iter::once(PlatformTx::NIL).chain(tenants.into_iter().map(|t| t.id)) {
        if stop.is_cancelled() {
            break;
        }
        let scope = Access::job(db.clone(), tenant).scope(Permission::ReadAudit)?;
        walks.push((tenant, audit::verify(&scope).await?));
    }
    Ok(walks)
}

/// The job `verify_audit`. Where each chain ends is written to the log, which lies elsewhere: whoever makes a chain anew
/// cannot make it end there again.
pub(crate) async fn verify_job(job: Running) -> Result<Outcome, JobError> {
    let walks = verify(&job.db, &job.stop).await?;
    let mut broken = Vec::new();
    for (tenant, walk) in &walks {
        tracing::info!(%tenant, entries = walk.sound, head = walk.head, "the audit was walked along");
        if let Some(fault) = &walk.broken {
            tracing::error!(%tenant, entry = fault.seq, fault = fault.words, "the audit is not as it was written");
            broken.push(format!("{tenant}: entry {} {}", fault.seq, fault.words));
        }
    }
    if !broken.is_empty() {
        return Err(JobError::new(broken.join("; ")));
    }
    job.log.info(format!("{} chains are as they were written", walks.len()));
    Ok(Outcome::Done)
}
