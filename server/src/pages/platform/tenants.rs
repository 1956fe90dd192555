//! All tenants.

use app::frame::Place;
use app::pages::platform::tenants;
use axum::extract::State;
use axum::response::Response;

use super::{clock, frame};
use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::state::AppState;

const SHOWN: u64 = 500;

/// All tenants, by name.
///
/// # Errors
/// For everybody but platform admins, and when PostgreSQL fails.
pub async fn show(State(state): State<AppState>, admin: PlatformAdmin, visit: Visit) -> Result<Response, PageError> {
    let rows = admin.platform.tenants(SHOWN).await?;
    Ok(answer::ok(&tenants(&frame(&admin, visit, Place::Tenants), &rows, clock(&state))))
}
