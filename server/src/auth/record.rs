//! The record of what people do with their sessions and accounts: with the installation, and in each of their tenants.

use db::Actor;
use db::audit::{self, Attempt};
use db::people::Person;
use serde_json::Value;

use crate::error::PageError;
use crate::middleware::current;
use crate::state::AppState;

/// Records that `person` did `action` to their own account in this request.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn record(state: &AppState, person: &Person, action: &'static str, details: Value) -> Result<(), PageError> {
    let (actor, subject, origin) = (Actor::User(person.id), person.email.clone(), current::origin());
    let attempt = Attempt { actor, action, subject, details, origin };
    Ok(audit::of_person(&state.db, Some(person.id), &attempt).await?)
}
