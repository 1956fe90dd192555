//! What people may do about jobs: one, some, or all that match.

use domain::ids::{JobId, TenantId};
use domain::jobs::JobState;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};

use super::jobs::{JobFilter, conditions};
use super::notes::{By, note};
use crate::error::DataError;
use crate::platform::{Platform, PlatformTx};
use crate::queue::QUEUES;
use crate::reader::{Conditions, Reader};

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

#[derive(FromQueryResult)]
struct CountRow {
    count: i64,
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
    let tx = platform.begin().await?;
    let conditions = of(&tx, action, chosen);
    let sql = format!("select count(*) from (select from jobs j {} limit {}) s", conditions.sql(), MOST + 1);
    let found: Option<CountRow> = Reader::Platform(&tx).one(&sql, conditions.clone().values()).await?;
    let found = found.map_or(0, |row| row.count);
    let mut changed = Changed { chosen: found.min(MOST), changed: 0, more: found > MOST };
    if !dry_run && found > 0 {
        changed.changed = apply(&tx, action, conditions, by).await?;
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

fn of(tx: &PlatformTx, action: Action, chosen: &Chosen) -> Conditions {
    let reader = Reader::Platform(tx);
    let mut conditions = match chosen {
        Chosen::Matching(filter) => conditions(reader, filter),
        Chosen::These(ids) => {
            let mut conditions = reader.conditions();
            let tenants: Vec<uuid::Uuid> = ids.iter().map(|(tenant, _)| tenant.0).collect();
            let jobs: Vec<uuid::Uuid> = ids.iter().map(|(_, job)| job.0).collect();
            let (tenants, jobs) = (conditions.place(tenants), conditions.place(jobs));
            conditions.add_plain(&format!(
                "(j.tenant_id, j.id) in (select * from unnest({tenants}::uuid[], {jobs}::uuid[]))"
            ));
            conditions
        }
    };
    let states: Vec<String> = action.states().iter().map(|state| format!("'{state}'")).collect();
    conditions.add_plain(&format!("j.state in ({})", states.join(", ")));
    conditions
}

// The change and a note on every job, in one statement. Ids of these notes are PostgreSQL's own: nothing sorts by them.
async fn apply(tx: &PlatformTx, action: Action, mut conditions: Conditions, by: &By) -> Result<i64, DataError> {
    let picked = format!("select * from jobs j {} order by j.run_at, j.id limit {MOST} for update", conditions.sql());
    let now = conditions.place(tx.db().clock().now());
    let actor = conditions.place(by.actor.to_string());
    let reason = conditions.place(by.reason().to_owned());
    let changes = match action {
        Action::Retry => format!(
            "changed as (update jobs j set state = 'ready', run_at = {now}, waits_for = null, attempt = 0, crashes = 0 \
             from (select p.*, row_number() over (partition by tenant_id, kind, key order by id) as place from picked p) p \
             where j.tenant_id = p.tenant_id and j.id = p.id and (p.key is null or p.state = 'scheduled' or (p.place = 1 and not exists ( \
               select from jobs o where o.tenant_id = p.tenant_id and o.kind = p.kind and o.key = p.key and o.state in ('ready', 'scheduled', 'running')))) \
             returning j.tenant_id, j.id)"
        ),
        Action::Delete => "changed as (delete from jobs j using picked p where j.tenant_id = p.tenant_id and j.id = p.id returning j.tenant_id, j.id)".into(),
        Action::Cancel => format!(
            "gone as (delete from jobs j using picked p where j.tenant_id = p.tenant_id and j.id = p.id returning j.*), \
             changed as (insert into job_runs (tenant_id, job_id, fence, kind, queue, key, payload, attempt, outcome, enqueued_at, ready_at, started_at, finished_at, wait_ms, run_ms, error, worker_id) \
               select tenant_id, id, case when state = 'running' then fence else fence + 1 end, kind, queue, key, payload, attempt, 'cancelled', enqueued_at, run_at, started_at, \
                 greatest({now}, enqueued_at), 0, 0, 'called off: ' || {reason}, worker_id from gone returning tenant_id, job_id as id)"
        ),
    };
    let sql = format!(
        "with picked as ({picked}), {changes}, \
         noted as (insert into job_notes (tenant_id, id, job_id, at, actor, action, subject, reason) \
           select tenant_id, gen_random_uuid(), id, {now}, {actor}, '{}', id::text, {reason} from changed returning 1) \
         select count(*) from noted",
        action.as_str()
    );
    let count: Option<CountRow> = Reader::Platform(tx).one(&sql, conditions.values()).await.map_err(taken)?;
    let count = count.map_or(0, |row| row.count);
    if count > 0 {
        let details = json!({"jobs": count, "reason": by.reason()});
        crate::audit::note_platform(tx, &format!("jobs.{}", action.as_str()), "jobs", Value::Null, details);
    }
    Ok(count)
}

fn taken(error: DataError) -> DataError {
    if error.constraint() == Some("jobs_key") { DataError::Busy } else { error }
}
