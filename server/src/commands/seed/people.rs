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
