//! Tenants: searched, made, changed and closed.

mod change;
mod close;
mod create;
mod list;
mod show;
mod vouch;

use db::platform::Above;

use crate::auth::Needs;
use crate::routes::Routes;

const PATH: &str = "/platform/tenants";

/// All routes of tenants.
pub fn routes() -> Routes {
    const ADMIN: Needs = Needs::PlatformAdmin;
    Routes::new()
        .get(PATH, ADMIN, list::show)
        .post(PATH, ADMIN.again(), create::submit)
        .get("/platform/tenants/new", ADMIN, create::ask)
        .get("/platform/tenants/{slug}", ADMIN, show::show)
        .post("/platform/tenants/{slug}/name", ADMIN, change::rename)
        .post("/platform/tenants/{slug}/tier", ADMIN, change::tier)
        .post("/platform/tenants/{slug}/suspend", ADMIN, close::suspend)
        .post("/platform/tenants/{slug}/resume", ADMIN, close::resume)
        .post("/platform/tenants/{slug}/delete", ADMIN.again(), close::delete)
        .post("/platform/tenants/{slug}/members/{member}/vouch", ADMIN.again(), vouch::submit)
        .post("/platform/tenants/{slug}/keep", ADMIN, close::keep)
}

/// Limits that something is above: `3 stores (limit 1), ...`.
pub fn said(above: &[Above]) -> String {
    let one = |a: &Above| format!("{} (limit {})", a.limit.things(a.used), a.limit.number(a.allowed));
    above.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What was just done to a tenant.
fn done_words(word: &str) -> Option<&'static str> {
    match word {
        "made" => Some("Tenant created. The owner already had an account."),
        "renamed" => Some("Tenant renamed."),
        "moved" => Some("Tier changed."),
        "suspended" => Some("Tenant suspended. Access ends within a second."),
        "resumed" => Some("Tenant resumed."),
        "leaving" => Some("Deletion scheduled. A final backup is being created."),
        "kept" => Some("Deletion cancelled. The tenant is still suspended."),
        "unchanged" => Some("No changes to save."),
        _ => None,
    }
}
