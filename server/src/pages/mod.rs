//! Pages and the forms on them, a file a noun: *scope, one verb, view*. What they look like is in `app`.

mod account;
mod answer;
mod backups;
mod body;
mod dashboard;
mod frame;
mod imports;
mod jobs;
mod orders;
mod platform;
mod styleguide;
mod theme;
pub mod visit;

use axum::Router;
use axum::routing::{get, post};

use crate::state::AppState;

/// All routes that answer with pages.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/account", get(account::show))
        .route("/theme", post(theme::choose))
        .merge(platform::router())
        .route("/styleguide", get(styleguide::show))
        .route("/t/{tenant}", get(dashboard::show))
        .route("/t/{tenant}/orders", get(orders::index))
        .route("/t/{tenant}/orders/{store}/{number}", get(orders::show))
        .route("/t/{tenant}/orders/{store}/{number}/cancel", get(orders::ask_cancel).post(orders::cancel))
        .route("/t/{tenant}/orders/{store}/{number}/refund", get(orders::ask_refund).post(orders::refund))
        .route("/t/{tenant}/backups/{id}/download", get(backups::download))
        .route("/t/{tenant}/imports", get(imports::index).post(imports::create))
        .route("/t/{tenant}/imports/new", get(imports::new))
        .route("/t/{tenant}/imports/{id}", get(imports::show))
        .route("/t/{tenant}/imports/{id}/start", post(imports::start))
        .route("/t/{tenant}/backups", get(backups::index).post(backups::ask))
        .route("/t/{tenant}/settings/jobs", get(jobs::index))
        .route("/t/{tenant}/settings/jobs/{id}", get(jobs::show))
}
