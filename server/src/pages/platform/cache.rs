//! How the cache is.

use app::frame::Place;
use app::pages::platform::{CachePage, cache};
use axum::extract::State;
use axum::response::Response;

use super::{clock, frame};
use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::state::AppState;

/// How often things were found, where, and how much room they take.
///
/// # Errors
/// For everybody but platform admins.
pub async fn show(State(state): State<AppState>, admin: PlatformAdmin, visit: Visit) -> Result<Response, PageError> {
    let page = CachePage {
        frame: frame(&admin, visit, Place::Cache),
        figures: state.db.cache().figures(),
        redis: state.db.cache().redis_answers().await,
        since: state.began,
        clock: clock(&admin.platform),
    };
    Ok(answer::ok(page, cache).await)
}
