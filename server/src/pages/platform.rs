//! `/platform`: to everybody but platform admins it does not exist.

use app::pages::platform;
use app::ui::Clock;
use axum::extract::State;
use axum::response::Response;
use db::platform::Platform;
use domain::calendar::Tz;

use super::answer;
use super::visit::Visit;
use crate::auth::SignedIn;
use crate::error::PageError;
use crate::state::AppState;

const SHOWN: u64 = 500;

/// All tenants.
///
/// # Errors
/// For everybody else, and when PostgreSQL fails.
pub async fn show(State(state): State<AppState>, signed_in: SignedIn, visit: Visit) -> Result<Response, PageError> {
    let platform = Platform::for_person(state.db.clone(), &signed_in.person)?;
    let tenants = platform.tenants(SHOWN).await?;
    let clock = Clock { now: state.db.clock().now(), zone: Tz::UTC };
    Ok(answer::ok(&platform::page(visit.of(&signed_in.person), &tenants, clock)))
}
