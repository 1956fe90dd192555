//! The record of who did what, walked along from its beginning. Twice is safe: it is only read.

use db::audit::{self, Walk};
use db::platform::Platform;
use db::{Access, DataError, Db};
use domain::ids::TenantId;
use domain::permission::Permission;
use tokio_util::sync::CancellationToken;

use crate::context::Running;
use crate::outcome::{JobError, Outcome};

/// Walks along every chain that is known of, those of erased tenants among them, and anchors the sound ones where they end
/// now; what each came to.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn verify(db: &Db, stop: &CancellationToken) -> Result<Vec<(TenantId, Walk)>, DataError> {
    let mut walks = Vec::new();
    for chain in audit::chains(&Platform::command(db.clone())).await? {
        if stop.is_cancelled() {
            break;
        }
        let scope = Access::job(db.clone(), chain.tenant()).scope(Permission::ReadAudit)?;
        let walk = audit::verify(&scope).await?;
        if walk.broken.is_none() && walk.seal.is_none() {
            audit::anchor(&scope).await?;
        }
        walks.push((chain.tenant(), walk));
    }
    Ok(walks)
}

/// The job `verify_audit`. Where each chain ends is written to the log, which lies elsewhere: whoever makes a chain anew
/// cannot make it end there again.
pub(crate) async fn verify_job(job: Running) -> Result<Outcome, JobError> {
    let walks = verify(&job.db, &job.stop).await?;
    let mut broken = Vec::new();
    for (tenant, walk) in &walks {
        tracing::info!(%tenant, entries = walk.sound, head = walk.head, "audit log verified");
        if let Some(fault) = &walk.broken {
            tracing::error!(%tenant, entry = fault.seq, fault = fault.words, "the audit log was modified");
            broken.push(format!("{tenant}: entry {} {}", fault.seq, fault.words));
        }
    }
    if !broken.is_empty() {
        return Err(JobError::new(broken.join("; ")));
    }
    job.log.info(format!("{} chains verified", walks.len()));
    Ok(Outcome::Done)
}
