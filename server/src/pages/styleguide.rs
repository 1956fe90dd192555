//! `/styleguide`: every component in every state, where the demo runs. Nowhere else does it exist.

use app::pages::styleguide;
use axum::extract::State;
use axum::response::Response;

use super::answer;
use super::visit::Visit;
use crate::error::PageError;
use crate::state::AppState;

/// The components.
///
/// # Errors
/// Outside of the demo.
pub async fn show(State(state): State<AppState>, visit: Visit) -> Result<Response, PageError> {
    if !state.config.demo {
        return Err(PageError::NotFound);
    }
    let now = state.db.clock().now();
    Ok(answer::ok(visit.theme, move |theme| styleguide::page(*theme, now)).await)
}
