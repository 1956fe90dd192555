//! Writing the record. Notes are gathered in the transaction and appended when it takes its place in the feed, or else
//! when it commits: the end of the chain is the last thing but figures that a transaction locks, so nobody waits for it in
//! a circle and nobody for long.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::audit::{Action, Via};
use domain::ids::TenantId;
use sea_orm::Value as Bound;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::DataError;
use crate::platform::PlatformTx;
use crate::scope::{Actor, Scope, Tx};

/// Where a change came from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Origin {
    /// The request.
    pub request_id: Option<String>,
    /// Who sent it, as an address.
    pub address: Option<IpAddr>,
    /// The way it came, when the actor does not say it already.
    pub via: Option<Via>,
}

/// Something to be recorded.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Note {
    action: String,
    subject: String,
    before: Option<Value>,
    after: Option<Value>,
}

/// Notes `action` on `subject` by the scope's actor; `details` say what it came to. Recorded with the commit.
///
/// # Errors
/// Never; the commit tells when it could not be recorded.
pub async fn note(tx: &Tx, action: &str, subject: &str, details: Value) -> Result<(), DataError> {
    changed(tx, action, subject, Value::Null, details).await
}

/// Notes that `action` changed fields of `subject`: objects with the same fields, as they were and as they are.
///
/// # Errors
/// Never; the commit tells when it could not be recorded.
pub async fn changed(tx: &Tx, action: &str, subject: &str, before: Value, after: Value) -> Result<(), DataError> {
    tx.add_note(Note::new(action, subject, before, after));
    Ok(())
}

/// Records something that changed nothing: an export, a refusal.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn record(scope: &Scope, action: &str, subject: &str, details: Value) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    note(&tx, action, subject, details).await?;
    tx.commit().await
}

/// Notes something that concerns the installation as a whole.
pub fn note_platform(tx: &PlatformTx, action: &str, subject: &str, before: Value, after: Value) {
    tx.add_note(Note::new(action, subject, before, after));
}

impl Note {
    fn new(action: &str, subject: &str, before: Value, after: Value) -> Self {
        // Pages tell it in words: whoever runs a test finds out which are missing.
        let is_named = Action::named(action).is_some() || !action.contains('.') || action.starts_with("test.");
        debug_assert!(is_named, "'{action}' has no words yet: add it to domain::audit::Action");
        let some = |value: Value| Some(value).filter(|v| !v.is_null() && *v != json!({}));
        // PostgreSQL keeps no NUL in a text.
        let plain = |text: &str| text.replace('\0', "\u{fffd}");
        Self { action: plain(action), subject: plain(subject), before: some(before), after: some(after) }
    }
}

// What the function takes after the tenant.
const TYPES: [&str; 6] = ["timestamptz", "text", "text", "text", "text", "jsonb"];

/// The statement's call that appends `notes`, with placeholders from `$first` on, and the values for them; the tenant is `$1`.
pub(crate) fn call(notes: Vec<Note>, first: usize, by: &By<'_>) -> (String, Vec<Bound>) {
    let entries: Vec<Value> = notes
        .into_iter()
        .map(|n| {
            let id = by.clock.id::<Uuid>();
            json!({"id": id, "action": n.action, "subject": n.subject, "before": n.before, "after": n.after})
        })
        .collect();
    let places: Vec<String> = TYPES.iter().zip(first..).map(|(kind, n)| format!("${n}::{kind}")).collect();
    let values = vec![
        by.at.into(),
        by.actor.to_string().into(),
        by.via().as_str().into(),
        by.origin.request_id.clone().into(),
        by.origin.address.map(|address| address.to_string()).into(),
        Value::from(entries).into(),
    ];
    (format!("stoa_audit_append($1::uuid, {})", places.join(", ")), values)
}

/// Who did what is noted, when, and from where.
pub(crate) struct By<'a> {
    pub clock: &'a crate::clock::Clock,
    pub at: DateTime<Utc>,
    pub actor: Actor,
    pub origin: &'a Origin,
}

impl By<'_> {
    fn via(&self) -> Via {
        self.origin.via.unwrap_or(match self.actor {
            Actor::User(_) | Actor::Nobody => Via::Page,
            Actor::Key(_) => Via::Api,
            Actor::Command => Via::Command,
            Actor::Job => Via::Job,
        })
    }
}

/// Appends the notes of a transaction that is about to commit.
pub(crate) async fn append(tx: &Tx, notes: Vec<Note>) -> Result<(), DataError> {
    let (call, values) = call(notes, 2, &tx.by());
    // SQL: a function of the database, which alone may append.
    tx.run(&format!("select {call}"), values).await.map(drop)
}

/// The same for a transaction of the platform, under the nil tenant.
pub(crate) async fn append_platform(tx: &PlatformTx, notes: Vec<Note>) -> Result<(), DataError> {
    const NIL: TenantId = PlatformTx::NIL;
    let (call, values) = call(notes, 2, &tx.by());
    // SQL: a function of the database, which alone may append.
    tx.run(&format!("select {call}"), std::iter::once(NIL.0.into()).chain(values)).await.map(drop)
}
