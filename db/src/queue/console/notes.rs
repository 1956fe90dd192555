//! Who changed what about jobs by hand, and why.

use chrono::{DateTime, Utc};
use domain::fields::FieldErrors;
use domain::ids::{JobId, TenantId};
use domain::page::{Cursor, Limit, Page};
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::DataError;
use crate::platform::{Platform, PlatformTx};
use crate::reader::{Reader, limit, order};
use crate::scope::Actor;

/// Who changes something, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// Why; never empty.
    reason: String,
}

impl By {
    /// Somebody with a reason.
    ///
    /// # Errors
    /// When the reason is empty or longer than 500 characters; the field is `reason`.
    pub fn new(actor: Actor, reason: &str) -> Result<Self, FieldErrors> {
        let reason = reason.trim();
        match reason.chars().count() {
            0 => Err(FieldErrors::one("reason", "Enter a reason.")),
            501.. => Err(FieldErrors::one("reason", "Use at most 500 characters.")),
            _ => Ok(Self { actor, reason: reason.to_owned() }),
        }
    }

    /// Why.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// A change by hand.
#[derive(Clone, PartialEq, Debug)]
pub struct NoteRow {
    /// Which note.
    pub id: Uuid,
    /// Whose job it was about; nil for the installation's own and for everything that is no job.
    pub tenant: TenantId,
    /// The job, if it was about one.
    pub job: Option<JobId>,
    /// When.
    pub at: DateTime<Utc>,
    /// Who: `user:<id>`, `command`.
    pub actor: String,
    /// Such as `retry`, `cancel`, `delete`, `pause`, `resume`, `run_now`, `enable`, `disable`, `break_lock`.
    pub action: String,
    /// The job, queue, lock or entry; or what was chosen, in words.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// More about it.
    pub details: Value,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    tenant_id: Uuid,
    job_id: Option<Uuid>,
    at: DateTime<Utc>,
    actor: String,
    action: String,
    subject: String,
    reason: String,
    details: Value,
}

impl From<Row> for NoteRow {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            tenant: row.tenant_id.into(),
            job: row.job_id.map(JobId),
            at: row.at,
            actor: row.actor,
            action: row.action,
            subject: row.subject,
            reason: row.reason,
            details: row.details,
        }
    }
}

const COLUMNS: &str = "j.id, j.tenant_id, j.job_id, j.at, j.actor, j.action, j.subject, j.reason, j.details";

/// One page of all changes by hand, newest first. Index: `job_notes_at`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn notes(platform: &Platform, from: Option<&Cursor>, rows: Limit) -> Result<Page<NoteRow>, DataError> {
    let tx = platform.begin().await?;
    let reader = Reader::Platform(&tx);
    let mut conditions = reader.conditions();
    conditions.add_cursor("(j.at, j.id)", from);
    let (limit, order) = (limit(rows), order(from));
    let sql =
        format!("select {COLUMNS} from job_notes j {} order by j.at {order}, j.id {order} {limit}", conditions.sql());
    let found: Vec<Row> = reader.all(&sql, conditions.values()).await?;
    tx.commit().await?;
    Ok(Page::cut(found.into_iter().map(NoteRow::from).collect(), rows, from, |note| (note.at, note.id)))
}

/// The notes of one job, newest first, up to 50. Index: `job_notes_job`.
pub(super) async fn of_job(reader: Reader<'_>, tenant: TenantId, job: JobId) -> Result<Vec<NoteRow>, DataError> {
    let mut conditions = reader.conditions();
    conditions.add("j.tenant_id = ?", tenant.0);
    conditions.add("j.job_id = ?", job.0);
    let sql = format!("select {COLUMNS} from job_notes j {} order by j.at desc limit 50", conditions.sql());
    let found: Vec<Row> = reader.all(&sql, conditions.values()).await?;
    Ok(found.into_iter().map(NoteRow::from).collect())
}

/// Writes a note about something that is no job.
pub(super) async fn note(
    tx: &PlatformTx,
    by: &By,
    action: &str,
    subject: &str,
    details: Value,
) -> Result<(), DataError> {
    let sql = "insert into job_notes (tenant_id, id, at, actor, action, subject, reason, details) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let clock = tx.db().clock();
    let values = [
        PlatformTx::NIL.0.into(),
        clock.id::<Uuid>().into(),
        clock.now().into(),
        by.actor.to_string().into(),
        action.into(),
        subject.into(),
        by.reason.clone().into(),
        details.into(),
    ];
    crate::audit::note_platform(tx, &format!("jobs.{action}"), subject, Value::Null, json!({"reason": by.reason}));
    tx.run(sql, values).await.map(drop)
}
