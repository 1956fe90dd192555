//! Who changed what about jobs by hand, and why.

use chrono::{DateTime, Utc};
use domain::fields::FieldErrors;
use domain::ids::{JobId, TenantId};
use domain::page::{Cursor, Limit, Page};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::entities::{AllTenantsQueries, job_note};
use crate::error::DataError;
use crate::keyset;
use crate::platform::{Platform, PlatformTx};
use crate::read_tx::ReadTx;
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
    /// An actor with a reason.
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

impl From<job_note::Model> for NoteRow {
    fn from(row: job_note::Model) -> Self {
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

/// One page of all changes by hand, newest first. One statement. Index: `job_notes_at`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn notes(platform: &Platform, from: Option<&Cursor>, rows: Limit) -> Result<Page<NoteRow>, DataError> {
    let tx = platform.begin().await?;
    let columns = [job_note::Column::At, job_note::Column::Id];
    let found = keyset::newest(tx.find_all::<job_note::Entity>(), columns, from, rows).all(tx.conn()).await?;
    tx.commit().await?;
    Ok(Page::cut(found.into_iter().map(NoteRow::from).collect(), rows, from, |note: &NoteRow| (note.at, note.id)))
}

/// The notes of one job, newest first, up to 50. Index: `job_notes_job`.
pub(super) async fn of_job(read_tx: ReadTx<'_>, tenant: TenantId, job: JobId) -> Result<Vec<NoteRow>, DataError> {
    let notes = read_tx
        .find::<job_note::Entity>()
        .filter(job_note::Column::TenantId.eq(tenant.0))
        .filter(job_note::Column::JobId.eq(job.0))
        .order_by_desc(job_note::Column::At)
        .limit(50);
    Ok(notes.all(read_tx.conn()).await?.into_iter().map(NoteRow::from).collect())
}

/// Writes a note about something that is no job.
pub(super) async fn note(
    tx: &PlatformTx,
    by: &By,
    action: &str,
    subject: &str,
    details: Value,
) -> Result<(), DataError> {
    let clock = tx.db().clock();
    let row = job_note::ActiveModel {
        tenant_id: Set(PlatformTx::NIL.0),
        id: Set(clock.id()),
        at: Set(clock.now()),
        actor: Set(by.actor.to_string()),
        action: Set(action.to_owned()),
        subject: Set(subject.to_owned()),
        reason: Set(by.reason.clone()),
        details: Set(details),
        ..Default::default()
    };
    crate::audit::note_platform(tx, &format!("jobs.{action}"), subject, Value::Null, json!({"reason": by.reason}));
    tx.insert_any(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}
