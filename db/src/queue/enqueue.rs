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

/// Enqueues many jobs of the transaction's tenant, at once and none of them for later; how many were made. One statement, none
/// for no job.
///
/// # Errors
/// When a queue is unknown, or PostgreSQL fails.
pub async fn enqueue_all(tx: &Tx, jobs: &[NewJob]) -> Result<u64, DataError> {
    if jobs.is_empty() {
        return Ok(0);
    }
    if let Some(job) = jobs.iter().find(|job| !QUEUES.contains(&job.queue)) {
        return Err(unknown(job.queue));
    }
    let scope = tx.scope();
    let sql = "insert into jobs (tenant_id, id, kind, queue, key, payload, priority, state, run_at, max_attempts, enqueued_at, actor, request_id) \
               select $1, j.id, j.kind, j.queue, nullif(j.key, ''), j.payload::jsonb, j.priority, 'ready', $2, j.max_attempts, $2, $3, $4 \
               from unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::smallint[], $11::smallint[]) \
                 j (id, kind, queue, key, payload, priority, max_attempts) \
               on conflict (tenant_id, kind, key) where key is not null and state in ('ready', 'scheduled', 'running') do nothing";
    let text = |of: fn(&NewJob) -> String| jobs.iter().map(of).collect::<Vec<String>>();
    let values = [
        scope.now().into(),
        scope.actor().to_string().into(),
        scope.request_id().map(str::to_owned).into(),
        jobs.iter().map(|_| scope.clock().id::<Uuid>()).collect::<Vec<_>>().into(),
        text(|job| job.kind.to_owned()).into(),
        text(|job| job.queue.to_owned()).into(),
        text(|job| job.key.clone().unwrap_or_default()).into(),
        text(|job| job.payload.to_string()).into(),
        jobs.iter().map(|job| job.priority).collect::<Vec<_>>().into(),
        jobs.iter().map(|job| job.max_attempts).collect::<Vec<_>>().into(),
    ];
    let made = tx.run(sql, values).await?;
    if made > 0 {
        jobs.iter().for_each(|job| tx.note_queued(job.queue));
    }
    Ok(made)
}

/// Makes the tenant's job of this kind and key ready now, if it waits for later; whether there is a live one.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn hasten(tx: &Tx, job: &NewJob) -> Result<bool, DataError> {
    let sql = "update jobs set state = 'ready', waits_for = null, run_at = case when state = 'scheduled' then $4 else run_at end \
               where tenant_id = $1 and kind = $2 and key = $3 and state in ('ready', 'scheduled')";
    let values = [job.kind.into(), job.key.clone().into(), tx.scope().now().into()];
    let is_there = tx.run(sql, values).await? > 0;
    if is_there {
        tx.note_queued(job.queue);
    }
    Ok(is_there)
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
        return Err(unknown(job.queue));
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

fn unknown(queue: &str) -> DataError {
    DataError::Refused(format!("there is no queue '{queue}'; use one of {}", QUEUES.join(", ")))
}
