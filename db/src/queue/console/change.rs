//! What people may do about jobs: one, some, or all that match.

use domain::ids::{JobId, TenantId};
use domain::jobs::JobState;
use sea_orm::sea_query::Expr;
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, Select, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::jobs::{JobFilter, live};
use super::notes::{By, note};
use crate::entities::extras::{count_up_to, is_one_of};
use crate::entities::text::Text;
use crate::entities::{AllTenantsQueries, job};
use crate::error::DataError;
use crate::platform::{Platform, PlatformTx};
use crate::queue::QUEUES;
use crate::read_tx::ReadTx;

/// The most jobs that one change concerns; of more, the oldest.
pub const MOST: i64 = 10_000;

/// What to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Run it now, with all its tries before it. For what is scheduled, dead or parked.
    Retry,
    /// Call it off; history keeps it as cancelled. A running one loses its place: what it writes is refused.
    Cancel,
    /// Forget it, history of the live job included. For what does not run.
    Delete,
}

impl Action {
    /// As noted.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Cancel => "cancel",
            Self::Delete => "delete",
        }
    }

    /// Which states it is for.
    pub const fn states(self) -> &'static [JobState] {
        match self {
            Self::Retry => &[JobState::Scheduled, JobState::Dead, JobState::Parked],
            Self::Cancel => &JobState::ALL,
            Self::Delete => &[JobState::Ready, JobState::Scheduled, JobState::Dead, JobState::Parked],
        }
    }
}

/// Which jobs.
#[derive(Clone, PartialEq, Debug)]
pub enum Chosen {
    /// These.
    These(Vec<(TenantId, JobId)>),
    /// All that match, the oldest [`MOST`] of them.
    Matching(JobFilter),
}

/// What became of a change.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Changed {
    /// Jobs that were chosen and are in a state for it, up to [`MOST`] of them.
    pub chosen: i64,
    /// Jobs that were changed; 0 in a dry run.
    pub changed: i64,
    /// Whether there are more than [`MOST`].
    pub more: bool,
}

/// Changes jobs, or, in a dry run, says how many it would. A job whose key a live one has by now is not retried: it
/// is among the chosen and not among the changed.
///
/// # Errors
/// When PostgreSQL fails, or a job of the same key was enqueued that very moment; then nothing changed.
pub async fn change(
    platform: &Platform,
    action: Action,
    chosen: &Chosen,
    by: &By,
    dry_run: bool,
) -> Result<Changed, DataError> {
    if matches!(chosen, Chosen::These(ids) if ids.is_empty()) {
        return Ok(Changed::default());
    }
    let tx = platform.begin().await?;
    let picked = of(&tx, action, chosen);
    let found = count_up_to(picked.clone(), MOST.unsigned_abs() + 1, tx.conn()).await?;
    let mut changed = Changed { chosen: Ord::min(found, MOST), changed: 0, more: found > MOST };
    if !dry_run && found > 0 {
        changed.changed = apply(&tx, action, picked, by).await?;
        let details = json!({"chosen": changed.chosen, "changed": changed.changed, "more": changed.more});
        if let Chosen::Matching(filter) = chosen {
            note(&tx, by, action.as_str(), &format!("all {} jobs that match", filter.state), details).await?;
        }
        if action == Action::Retry {
            QUEUES.iter().for_each(|queue| tx.note_queued(queue));
        }
        tx.commit().await?;
    }
    Ok(changed)
}

fn of(tx: &PlatformTx, action: Action, chosen: &Chosen) -> Select<job::Entity> {
    let jobs = match chosen {
        Chosen::Matching(filter) => live(ReadTx::Platform(tx), filter),
        Chosen::These(ids) => {
            let (tenants, jobs): (Vec<Uuid>, Vec<Uuid>) = ids.iter().map(|(tenant, job)| (tenant.0, job.0)).unzip();
            // Two arrays: a list of thousands of pairs is more than PostgreSQL reads of one expression.
            let these = r#"("jobs"."tenant_id", "jobs"."id") in (select * from unnest($1::uuid[], $2::uuid[]))"#;
            tx.find_all::<job::Entity>().filter(Expr::cust_with_values(these, [Value::from(tenants), jobs.into()]))
        }
    };
    jobs.filter(is_one_of(job::Column::State, action.states().iter().copied().map(Text)))
}

// The change and a note on every job, in one statement. Ids of these notes are PostgreSQL's own: nothing sorts by them.
async fn apply(tx: &PlatformTx, action: Action, picked: Select<job::Entity>, by: &By) -> Result<i64, DataError> {
    let oldest = picked.order_by_asc(job::Column::RunAt).order_by_asc(job::Column::Id).limit(MOST.unsigned_abs());
    let oldest = oldest.select_only().columns([job::Column::TenantId, job::Column::Id]).lock_exclusive();
    let keys: Vec<(Uuid, Uuid)> = oldest.into_tuple().all(tx.conn()).await?;
    let (tenants, jobs): (Vec<Uuid>, Vec<Uuid>) = keys.into_iter().unzip();
    // SQL: one change of many jobs by rules that look at all of them, each with a note, and history where it ends one.
    let changes = match action {
        Action::Retry => {
            "changed as (update jobs j set state = 'ready', run_at = $3, waits_for = null, attempt = 0, crashes = 0 \
             from (select p.*, row_number() over (partition by tenant_id, kind, key order by id) as place from picked p) p \
             where j.tenant_id = p.tenant_id and j.id = p.id and (p.key is null or p.state = 'scheduled' or (p.place = 1 and not exists ( \
               select from jobs o where o.tenant_id = p.tenant_id and o.kind = p.kind and o.key = p.key and o.state in ('ready', 'scheduled', 'running')))) \
             returning j.tenant_id, j.id)"
        }
        Action::Delete => {
            "changed as (delete from jobs j using picked p where j.tenant_id = p.tenant_id and j.id = p.id returning j.tenant_id, j.id)"
        }
        Action::Cancel => {
            "gone as (delete from jobs j using picked p where j.tenant_id = p.tenant_id and j.id = p.id returning j.*), \
             changed as (insert into job_runs (tenant_id, job_id, fence, kind, queue, key, payload, attempt, outcome, enqueued_at, ready_at, started_at, finished_at, wait_ms, run_ms, error, worker_id) \
               select tenant_id, id, case when state = 'running' then fence else fence + 1 end, kind, queue, key, payload, attempt, 'cancelled', enqueued_at, run_at, started_at, \
                 greatest($3, enqueued_at), 0, 0, 'called off: ' || $5, worker_id from gone returning tenant_id, job_id as id)"
        }
    };
    // SQL: the change, as above.
    let sql = format!(
        "with picked as (select j.* from jobs j join unnest($1::uuid[], $2::uuid[]) k (tenant_id, id) on j.tenant_id = k.tenant_id and j.id = k.id), \
         {changes}, \
         noted as (insert into job_notes (tenant_id, id, job_id, at, actor, action, subject, reason) \
           select tenant_id, gen_random_uuid(), id, $3, $4, '{}', id::text, $5 from changed returning 1) \
         select count(*) from noted",
        action.as_str()
    );
    let now = tx.db().clock().now();
    let values = [tenants.into(), jobs.into(), now.into(), by.actor.to_string().into(), by.reason().into()];
    let count = tx.scalar::<i64>(&sql, values).await.map_err(taken)?.unwrap_or(0);
    if count > 0 {
        let details = json!({"jobs": count, "reason": by.reason()});
        crate::audit::note_platform(tx, &format!("jobs.{}", action.as_str()), "jobs", Json::Null, details);
    }
    Ok(count)
}

fn taken(error: DataError) -> DataError {
    if error.constraint() == Some("jobs_key") { DataError::Busy } else { error }
}
