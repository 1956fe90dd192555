//! What concerns a person and not one tenant: signing in and out. Each of their tenants records it, so that its owners see
//! who comes and who tries to; the installation records it in any case.

use domain::ids::{TenantId, UserId};
use domain::permission::Permission;
use serde_json::Value;

use super::note;
use crate::connect::Db;
use crate::error::DataError;
use crate::people;
use crate::platform::{Platform, PlatformTx};
use crate::scope::{Access, Actor, Origin};

/// Most tenants that are told of one sign-in.
const MOST: usize = 50;

/// What was tried.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Who did it, as far as that is proven.
    pub actor: Actor,
    /// What: `session.begin`, `session.refuse` and the like.
    pub action: &'static str,
    /// Whose account, or what was said to be one.
    pub subject: String,
    /// What else is to be said.
    pub details: Value,
    /// Where it came from.
    pub origin: Origin,
}

/// Records `attempt` for the installation and for every tenant in which `person` has a role.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn of_person(db: &Db, person: Option<UserId>, attempt: &Attempt) -> Result<(), DataError> {
    let tenants: Vec<TenantId> = match person {
        Some(person) => people::memberships(db, person).await?.iter().map(|m| m.tenant).take(MOST).collect(),
        None => Vec::new(),
    };
    in_tenants(db, &tenants, attempt).await
}

/// Records `attempt` for the installation and for `tenants`: of what concerns one of them alone, the others learn nothing.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn in_tenants(db: &Db, tenants: &[TenantId], attempt: &Attempt) -> Result<(), DataError> {
    let platform = Platform::acting(db.clone(), attempt.actor, attempt.origin.clone());
    let tx = platform.begin().await?;
    note::note_platform(&tx, attempt.action, &attempt.subject, Value::Null, attempt.details.clone());
    tx.commit().await?;
    for tenant in tenants.iter().copied().filter(|tenant| *tenant != PlatformTx::NIL) {
        let access = Access::acting(db.clone(), tenant, attempt.actor).with_origin(attempt.origin.clone());
        let tx = access.scope(Permission::ReadAudit)?.begin().await?;
        note::note(&tx, attempt.action, &attempt.subject, attempt.details.clone()).await?;
        tx.commit().await?;
    }
    Ok(())
}
