//! How long every route takes.

use app::frame::Place;
use app::pages::platform::{Performance, RouteRow, SlowRow, performance};
use axum::extract::State;
use axum::response::Response;

use super::{clock, frame};
use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::slow_requests::SlowRequest;
use crate::state::AppState;

/// Every route by how long it takes, and the last requests that took too long.
///
/// # Errors
/// For users who are not platform admins.
pub async fn show(State(state): State<AppState>, admin: PlatformAdmin, visit: Visit) -> Result<Response, PageError> {
    let page = Performance {
        frame: frame(&admin, visit, Place::Performance),
        routes: routes(&state),
        slow: state.slow_requests.list().into_iter().map(slow).collect(),
        too_long: state.config.http.slow.as_millis(),
        since: state.began,
        clock: clock(&admin.platform),
    };
    Ok(answer::ok(page, performance).await)
}

/// Every route that was asked, the slowest first.
pub(super) fn routes(state: &AppState) -> Vec<RouteRow> {
    let all = state.meters.by_route().into_iter().filter(|route| route.taken.count() > 0);
    let mut rows: Vec<RouteRow> = all
        .map(|found| RouteRow {
            answers: found.taken.count(),
            failed: found.failed,
            median: found.taken.percentile(50),
            most: found.taken.percentile(95),
            longest: found.taken.longest(),
            route: found.route,
        })
        .collect();
    rows.sort_by(|a, b| b.most.cmp(&a.most).then_with(|| a.route.cmp(&b.route)));
    rows
}

fn slow(request: SlowRequest) -> SlowRow {
    let SlowRequest { at, route, status, micros, request_id } = request;
    SlowRow { at, route, status, micros, request_id }
}
