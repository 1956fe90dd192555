//! Signing out: here, or everywhere at once.

use axum::extract::State;
use axum::response::Redirect;
use tower_sessions::Session;

use super::SignedIn;
use super::begin::session_failed;
use crate::error::PageError;
use crate::state::AppState;

/// `POST /logout`. Without a session there is nothing to do, and that is done.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn here(State(state): State<AppState>, session: Session) -> Result<Redirect, PageError> {
    end(&state, &session).await?;
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
    tracing::info!(person = %signed_in.person.id, ended, "signed out everywhere");
    Ok(Redirect::to("/login"))
}

async fn end(state: &AppState, session: &Session) -> Result<(), PageError> {
    let Some(id) = session.id() else { return Ok(()) };
    session.flush().await.map_err(session_failed)?;
    state.visitors.forget(id).await;
    Ok(())
}
