//! `/styleguide`: every component in every state, where the demo runs. Nowhere else does it exist.

use std::sync::Arc;

use app::pages::styleguide;
use axum::extract::State;
use axum::response::Response;
use db::Db;

use super::answer;
use super::visit::Visit;
use crate::config::Config;
use crate::error::PageError;

/// The components.
///
/// # Errors
/// Outside of the demo.
pub async fn show(
    State(config): State<Arc<Config>>,
    State(db): State<Db>,
    visit: Visit,
) -> Result<Response, PageError> {
    if !config.demo {
        return Err(PageError::NotFound);
    }
    let now = db.clock().now();
    Ok(answer::ok(visit.theme, move |theme| styleguide::page(*theme, now)).await)
}
