//! The record of what people do with their sessions and accounts: with the installation, and in each of their tenants.

use db::audit::{self, Attempt};
use db::people::Person;
use db::{Actor, Db};
use domain::ids::TenantId;
use serde_json::Value;

use crate::error::PageError;
use crate::middleware::current;

/// Records that `person` did `action` to their own account in this request.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn record(db: &Db, person: &Person, action: &'static str, details: Value) -> Result<(), PageError> {
    Ok(audit::of_person(db, Some(person.id), &attempt(person, action, details)).await?)
}

/// Records what `person` did with a session that opens `tenant` alone: it is no business of their other tenants.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn record_in(
    db: &Db,
    tenant: TenantId,
    person: &Person,
    action: &'static str,
    details: Value,
) -> Result<(), PageError> {
    Ok(audit::in_tenants(db, &[tenant], &attempt(person, action, details)).await?)
}

fn attempt(person: &Person, action: &'static str, details: Value) -> Attempt {
    let (actor, subject, origin) = (Actor::User(person.id), person.email.clone(), current::origin());
    Attempt { actor, action, subject, details, origin }
}
