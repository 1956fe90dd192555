//! `/platform` and below it. To everybody but platform admins nothing of it exists.

mod home;
mod tenants;

use app::frame::{Place, PlatformFrame};
use app::ui::Clock;
use axum::Router;
use axum::routing::get;
use domain::calendar::Tz;

use super::visit::Visit;
use crate::auth::PlatformAdmin;
use crate::state::AppState;

/// The platform's own pages.
pub fn router() -> Router<AppState> {
    Router::new().route("/platform", get(home::show)).route("/platform/tenants", get(tenants::show))
}

/// The frame of a page at `place`.
fn frame(admin: &PlatformAdmin, visit: Visit, place: Place) -> PlatformFrame {
    PlatformFrame { visitor: visit.of(&admin.person), place }
}

/// The platform lives by UTC: its tenants live in many zones.
fn clock(state: &AppState) -> Clock {
    Clock { now: state.db.clock().now(), zone: Tz::UTC }
}
