//! `/platform` and below it. To everybody but platform admins nothing of it exists.

mod audit;
mod backups;
mod cache;
mod home;
pub mod jobs;
mod one_backup;
mod partitions;
mod performance;
mod tenants;
mod tiers;

use app::frame::{Place, PlatformFrame};
use app::ui::Clock;
use db::platform::Platform;

use super::visit::Visit;
use crate::auth::{Needs, PlatformAdmin};
use crate::routes::Routes;

/// The platform's own pages.
pub fn routes() -> Routes {
    const ADMIN: Needs = Needs::PlatformAdmin;
    Routes::new()
        .get("/platform", ADMIN, home::show)
        .merge(tenants::routes())
        .merge(tiers::routes())
        .get("/platform/backups", ADMIN, backups::show)
        .post("/platform/backups", ADMIN, backups::ask)
        .get("/platform/backups/{id}", ADMIN, one_backup::show)
        .get("/platform/partitions", ADMIN, partitions::show)
        .post("/platform/partitions/maintain", ADMIN, partitions::maintain)
        .get("/platform/performance", ADMIN, performance::show)
        .get("/platform/cache", ADMIN, cache::show)
        .get("/platform/audit", ADMIN, audit::index)
        .get("/platform/audit/export", ADMIN.again(), audit::export)
        .post("/platform/partitions/{quarter}/restore", ADMIN, partitions::restore)
        .merge(jobs::routes())
}

/// The frame of a page at `place`.
fn frame(admin: &PlatformAdmin, visit: Visit, place: Place) -> PlatformFrame {
    PlatformFrame { visitor: visit.of(&admin.person), place }
}

/// The platform lives by UTC: its tenants live in many zones.
fn clock(platform: &Platform) -> Clock {
    Clock::in_utc(platform.db().clock().now())
}

/// What a form brought under `name`; empty when it brought nothing.
fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
}

/// Whether the question was asked and answered.
fn is_sure(pairs: &[(String, String)]) -> bool {
    pairs.iter().any(|(name, _)| name == "go")
}

/// The reason that a form brought, perhaps empty; none where it was not asked for yet.
fn submitted_reason(pairs: &[(String, String)]) -> Option<&str> {
    pairs.iter().find(|(name, _)| name == "reason").map(|(_, value)| value.as_str())
}
