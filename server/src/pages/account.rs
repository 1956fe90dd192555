//! `/account`.

use app::pages::account::{self, AccountPage};
use axum::extract::State;
use axum::response::Response;

use super::answer;
use super::visit::Visit;
use crate::auth::SignedIn;
use crate::error::PageError;
use crate::state::AppState;

/// Who is signed in, and how often.
///
/// # Errors
/// When nobody is signed in, or PostgreSQL fails.
pub async fn show(State(state): State<AppState>, signed_in: SignedIn, visit: Visit) -> Result<Response, PageError> {
    let sessions = db::sessions::count(&state.db, signed_in.person.id).await?;
    let memberships = signed_in.memberships.to_vec();
    let page = AccountPage { visitor: visit.of(&signed_in.person), memberships, sessions };
    Ok(answer::ok(&account::page(page)))
}
