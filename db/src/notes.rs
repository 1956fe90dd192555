//! What a transaction did that is to be recorded, until it is: gathered, and appended when the transaction takes its place in
//! the feed, or else when it commits. The end of the chain is the last thing but figures that a transaction locks, so nobody
//! waits for it in a circle and nobody for long.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use domain::audit::{Action, Via};
use sea_orm::Value as Bound;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::{Actor, Origin};
use crate::clock::Clock;

/// Notes of one transaction.
#[derive(Default)]
pub(crate) struct Notes(Mutex<Vec<Note>>);

/// Something to be recorded.
struct Note {
    action: String,
    subject: String,
    before: Option<Value>,
    after: Option<Value>,
}

/// Who did what is noted, when, and from where.
pub(crate) struct By<'a> {
    pub clock: &'a Clock,
    pub at: DateTime<Utc>,
    pub actor: Actor,
    pub origin: &'a Origin,
}

// What the function takes after the tenant.
const TYPES: [&str; 6] = ["timestamptz", "text", "text", "text", "text", "jsonb"];

impl Notes {
    /// Notes that `action` made of `subject` what it is after from what it was before.
    pub(crate) fn add(&self, action: &str, subject: &str, before: Value, after: Value) {
        self.held().push(Note::new(action, subject, before, after));
    }

    /// Takes all notes: a statement's call that appends them, with placeholders from `$first` on, and the values for them; the
    /// tenant is `$1`. None when nothing was noted.
    pub(crate) fn take(&self, first: usize, by: &By<'_>) -> Option<(String, Vec<Bound>)> {
        let notes = std::mem::take(&mut *self.held());
        if notes.is_empty() {
            return None;
        }
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
        Some((format!("stoa_audit_append($1::uuid, {})", places.join(", ")), values))
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Vec<Note>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
