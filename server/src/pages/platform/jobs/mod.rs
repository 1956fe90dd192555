//! `/platform/jobs` and below it: what the queue does, and changes to it. A change by hand is asked for twice: first
//! without a reason, which shows what follows, then with one.

mod change;
pub mod list;
mod overview;
pub mod show;
mod stand;

use axum::Router;
use axum::routing::{get, post};

use crate::state::AppState;

/// All of it.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/platform/jobs", get(overview::show))
        .route("/platform/jobs/list", get(list::show))
        .route("/platform/jobs/change", post(change::submit))
        .route("/platform/jobs/queues/{name}/{verb}", post(stand::queue))
        .route("/platform/jobs/timetable/{name}/{verb}", post(stand::entry))
        .route("/platform/jobs/locks/{name}/break", post(stand::lock))
        .route("/platform/jobs/{id}", get(show::show))
}
