//! `/platform` and below it. To everybody but platform admins nothing of it exists.

mod backups;
mod home;
pub mod jobs;
mod one_backup;
mod partitions;
mod tenants;

use app::frame::{Place, PlatformFrame};
use app::ui::Clock;
use axum::Router;
use axum::routing::{get, post};
use domain::calendar::Tz;

use super::visit::Visit;
use crate::auth::PlatformAdmin;
use crate::state::AppState;

/// The platform's own pages.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/platform", get(home::show))
        .route("/platform/tenants", get(tenants::show))
        .route("/platform/backups", get(backups::show).post(backups::ask))
        .route("/platform/backups/{id}", get(one_backup::show))
        .route("/platform/partitions", get(partitions::show))
        .route("/platform/partitions/maintain", post(partitions::maintain))
        .merge(jobs::router())
}

/// The frame of a page at `place`.
fn frame(admin: &PlatformAdmin, visit: Visit, place: Place) -> PlatformFrame {
    PlatformFrame { visitor: visit.of(&admin.person), place }
}

/// The platform lives by UTC: its tenants live in many zones.
fn clock(state: &AppState) -> Clock {
    Clock { now: state.db.clock().now(), zone: Tz::UTC }
}

/// The reason that a form brought, perhaps empty; none where it was not asked for yet.
fn submitted_reason(pairs: &[(String, String)]) -> Option<&str> {
    pairs.iter().find(|(name, _)| name == "reason").map(|(_, value)| value.as_str())
}
