//! Enqueuing, in the transaction of what makes the job necessary: both happen or neither.

use domain::ids::{JobId, TenantId};
use domain::jobs::JobState;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, QueryFilter, Set};
use uuid::Uuid;

use super::{NewJob, QUEUES};
use crate::clock::Clock;
use crate::entities::enums::WaitsFor;
use crate::entities::extras::is_one_of;
use crate::entities::text::Text;
use crate::entities::{AllTenantsQueries, TenantQueries, job};
use crate::error::DataError;
use crate::platform::PlatformTx;
use crate::scope::{Actor, Tx};

/// Enqueues a job of the transaction's tenant; `None` when a live one of its kind and key exists.
///
/// # Errors
/// When the queue is unknown, or PostgreSQL fails.
pub async fn enqueue(tx: &Tx, job: &NewJob) -> Result<Option<JobId>, DataError> {
    let scope = tx.scope();
    let (id, row) = row(scope.clock(), job.kind, job, scope.actor(), scope.request_id())?;
    let made = tx.insert(row).on_conflict(no_other()).exec_without_returning(tx.conn()).await? > 0;
    if made && job.run_at.is_none() {
        tx.note_queued(job.queue);
    }
    Ok(made.then_some(id))
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
    // SQL: any number of jobs in one statement.
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
    let Some(key) = &job.key else { return Ok(false) };
    let scheduled = job::Column::State.eq(Text(JobState::Scheduled));
    let run_at = Expr::case(scheduled, tx.scope().now()).finally(Expr::col(job::Column::RunAt));
    let ready = job::ActiveModel { state: Set(Text(JobState::Ready)), waits_for: Set(None), ..Default::default() };
    let hastened = tx
        .update()
        .set(ready)
        .col_expr(job::Column::RunAt, run_at.into())
        .filter(job::Column::Kind.eq(job.kind))
        .filter(job::Column::Key.eq(key.as_str()))
        .filter(is_one_of(job::Column::State, [JobState::Ready, JobState::Scheduled].map(Text)));
    let is_there = hastened.exec(tx.conn()).await?.rows_affected > 0;
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
    let (id, row) = row(tx.db().clock(), kind, job, actor, None)?;
    let row = job::ActiveModel { tenant_id: Set(tenant.0), ..row };
    let made = tx.insert_any(row).on_conflict(no_other()).exec_without_returning(tx.conn()).await? > 0;
    if made && job.run_at.is_none() {
        tx.note_queued(job.queue);
    }
    Ok(made.then_some(id))
}

// Without its tenant.
fn row(
    clock: &Clock,
    kind: &str,
    job: &NewJob,
    actor: Actor,
    request: Option<&str>,
) -> Result<(JobId, job::ActiveModel), DataError> {
    if !QUEUES.contains(&job.queue) {
        return Err(unknown(job.queue));
    }
    let (id, now): (JobId, _) = (clock.id(), clock.now());
    let later = job.run_at.filter(|at| *at > now);
    let row = job::ActiveModel {
        id: Set(id.0),
        kind: Set(kind.to_owned()),
        queue: Set(job.queue.to_owned()),
        key: Set(job.key.clone()),
        payload: Set(job.payload.clone()),
        priority: Set(job.priority),
        state: Set(Text(if later.is_some() { JobState::Scheduled } else { JobState::Ready })),
        run_at: Set(later.unwrap_or(now)),
        waits_for: Set(later.map(|_| WaitsFor::Later)),
        max_attempts: Set(job.max_attempts),
        enqueued_at: Set(now),
        actor: Set(actor.to_string()),
        request_id: Set(request.map(str::to_owned)),
        ..Default::default()
    };
    Ok((id, row))
}

// The condition of the index `jobs_key`, by which PostgreSQL recognises it: one live job of a kind and key.
fn no_other() -> OnConflict {
    let live =
        [JobState::Ready, JobState::Scheduled, JobState::Running].map(|state| Expr::Constant(state.as_str().into()));
    OnConflict::columns([job::Column::TenantId, job::Column::Kind, job::Column::Key])
        .target_and_where(Expr::col(job::Column::Key).is_not_null())
        .target_and_where(Expr::col(job::Column::State).is_in(live))
        .do_nothing()
        .to_owned()
}

fn unknown(queue: &str) -> DataError {
    DataError::Refused(format!("there is no queue '{queue}'; use one of {}", QUEUES.join(", ")))
}
