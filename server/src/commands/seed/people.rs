//! The demo people. Their password is public, which is why they exist in the demo only.

use db::people::{self, passwords::Passwords};
use db::{Access, Db};
use domain::permission::Role;

use super::super::failure::Failure;

const PASSWORD: &str = "stoa-demo-password";

/// Makes those who are missing; how many.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn ensure(db: &Db, passwords: &Passwords, demo: &Access, other: &Access) -> Result<usize, Failure> {
    let members = [
        ("owner@demo.test", demo, Role::Owner),
        ("staff@demo.test", demo, Role::Staff),
        ("viewer@demo.test", demo, Role::Viewer),
        ("owner@other.test", other, Role::Owner),
    ];
    let mut made = 0;
    for (email, tenant, role) in members {
        if people::find(db, email).await?.is_none() {
            let id = people::create(db, passwords, email, PASSWORD, false).await?;
            people::set_role(tenant, id, role).await?;
            made += 1;
        }
    }
    if people::find(db, "admin@stoa.test").await?.is_none() {
        people::create(db, passwords, "admin@stoa.test", PASSWORD, true).await?;
        made += 1;
    }
    Ok(made)
}

/// Those among `emails` who work in the tenant, as who they are; the command itself when nobody does any more.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn members(db: &Db, tenant: &Access, emails: &[&str]) -> Result<Vec<Access>, Failure> {
    let mut members = Vec::new();
    for email in emails {
        let Some(id) = people::find(db, email).await? else { continue };
        let memberships = people::memberships(db, id).await?;
        let here = memberships.iter().find(|membership| membership.tenant == tenant.tenant());
        members.extend(here.map(|membership| people::access(db, id, membership)));
    }
    if members.is_empty() {
        members.push(tenant.clone());
    }
    Ok(members)
}
