//! Enqueuing, in the transaction of what makes the job necessary: both happen or neither.

use domain::ids::{JobId, TenantId};
use sea_orm::Value;
use uuid::Uuid;

use super::{NewJob, QUEUES};
use crate::clock::Clock;
use crate::error::DataError;
use crate::platform::PlatformTx;
use crate::scope::{Actor, Tx};

// `$1` is the tenant.
const INSERT: &str = "insert into jobs (tenant_id, id, kind, queue, key, payload, priority, state, run_at, waits_for, max_attempts, enqueued_at, actor, request_id) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
    on conflict (tenant_id, kind, key) where key is not null and state in ('ready', 'scheduled', 'running') do nothing returning id";

/// Enqueues a job of the transaction's tenant; `None` when a live one of its kind and key exists.
///
/// # Errors
/// When the queue is unknown, or PostgreSQL fails.
pub async fn enqueue(tx: &Tx, job: &NewJob) -> Result<Option<JobId>, DataError> {
    let scope = tx.scope();
    let values = values(scope.clock(), job.kind, job, scope.actor(), scope.request_id())?;
    let made: Option<Uuid> = tx.scalar(INSERT, values).await?;
    if made.is_some() && job.run_at.is_none() {
        tx.note_queued(job.queue);
    }
    Ok(made.map(JobId))
}

/// Enqueues a job of `tenant`, or of the installation itself ([`PlatformTx::NIL`]); `None` when a live one of
/// its kind and key exists.
///
/// # Errors
/// When the queue is unknown, or PostgreSQL fails.
pub async fn enqueue_for_platform(tx: &PlatformTx, tenant: TenantId, job: &NewJob) -> Result<Option<JobId>, DataError> {
    enqueue_kind(tx, tenant, job.kind, job, Actor::Job).await
}

/// The same for a kind that is only known by name, with the actor who wants it.
pub(super) async fn enqueue_kind(
    tx: &PlatformTx,
    tenant: TenantId,
    kind: &str,
    job: &NewJob,
    actor: Actor,
) -> Result<Option<JobId>, DataError> {
    let values = values(tx.db().clock(), kind, job, actor, None)?;
    let made: Option<Uuid> = tx.scalar(INSERT, std::iter::once(tenant.0.into()).chain(values)).await?;
    if made.is_some() && job.run_at.is_none() {
        tx.note_queued(job.queue);
    }
    Ok(made.map(JobId))
}

fn values(
    clock: &Clock,
    kind: &str,
    job: &NewJob,
    actor: Actor,
    request: Option<&str>,
) -> Result<[Value; 13], DataError> {
    if !QUEUES.contains(&job.queue) {
        return Err(DataError::Refused(format!("there is no queue '{}'; use one of {}", job.queue, QUEUES.join(", "))));
    }
    let now = clock.now();
    let later = job.run_at.filter(|at| *at > now);
    Ok([
        clock.id::<Uuid>().into(),
        kind.into(),
        job.queue.into(),
        job.key.clone().into(),
        job.payload.clone().into(),
        job.priority.into(),
        if later.is_some() { "scheduled" } else { "ready" }.into(),
        later.unwrap_or(now).into(),
        later.map(|_| "later").into(),
        job.max_attempts.into(),
        now.into(),
        actor.to_string().into(),
        request.map(str::to_owned).into(),
    ])
}
