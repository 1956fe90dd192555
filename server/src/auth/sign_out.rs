//! Signing out: here, or everywhere at once.

use axum::extract::State;
use axum::response::Redirect;
use db::impersonation;
use serde_json::json;
use tower_sessions::Session;

use super::SignedIn;
use super::begin::session_failed;
use super::record::record;
use crate::error::PageError;
use crate::middleware::current;
use crate::state::AppState;

/// `POST /logout`. Without a session there is nothing to do, and that is done.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn here(
    State(state): State<AppState>,
    signed_in: Option<SignedIn>,
    session: Session,
) -> Result<Redirect, PageError> {
    end(&state, &session).await?;
    match signed_in {
        // The session was the admin's, and what they looked at ends with it.
        Some(SignedIn { look: Some(look), .. }) => {
            impersonation::end(&state.db, &look.impersonation, current::origin()).await?;
            record(&state, &look.admin, "session.end", json!({})).await?;
        }
        Some(SignedIn { person, .. }) => record(&state, &person, "session.end", json!({})).await?,
        None => {}
    }
    Ok(Redirect::to("/login"))
}

/// `POST /account/sign-out-everywhere`: within a second no browser of this person is signed in.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn everywhere(
    State(state): State<AppState>,
    signed_in: SignedIn,
    session: Session,
) -> Result<Redirect, PageError> {
    let ended = state.sessions.end_all(signed_in.person.id).await?;
    state.visitors.forget_person(signed_in.person.id).await;
    end(&state, &session).await?;
    record(&state, &signed_in.person, "session.end_all", json!({"sessions": ended})).await?;
    tracing::info!(person = %signed_in.person.id, ended, "signed out everywhere");
    Ok(Redirect::to("/login"))
}

async fn end(state: &AppState, session: &Session) -> Result<(), PageError> {
    let Some(id) = session.id() else { return Ok(()) };
    session.flush().await.map_err(session_failed)?;
    state.visitors.forget(id).await;
    Ok(())
}
