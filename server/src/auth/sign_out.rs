//! Signing out: here, or everywhere at once.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use db::impersonation;
use serde_json::json;
use tower_sessions::Session;

use super::SignedIn;
use super::begin::session_failed;
use super::record::record;
use crate::error::PageError;
use crate::middleware::current;
use crate::sessions::SignedOut;
use crate::state::AppState;

/// `POST /logout`. Without a session there is nothing to do, and that is done.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn here(
    State(state): State<AppState>,
    signed_in: Option<SignedIn>,
    session: Session,
) -> Result<Response, PageError> {
    end(&state, &session).await?;
    match signed_in {
        // The session was the admin's, and the impersonation ends with it.
        Some(SignedIn { impersonator: Some(impersonator), .. }) => {
            impersonation::end(&state.db, &impersonator.impersonation, current::origin()).await?;
            record(&state, &impersonator.admin, "session.end", json!({})).await?;
        }
        Some(SignedIn { person, .. }) => record(&state, &person, "session.end", json!({})).await?,
        None => {}
    }
    Ok(signed_out())
}

/// `POST /account/sign-out-everywhere`: within a second no browser of this person is signed in.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn everywhere(
    State(state): State<AppState>,
    signed_in: SignedIn,
    session: Session,
) -> Result<Response, PageError> {
    let ended = state.sessions.end_all(signed_in.person.id).await?;
    state.visitors.forget_person(signed_in.person.id).await;
    end(&state, &session).await?;
    record(&state, &signed_in.person, "session.end_all", json!({"sessions": ended})).await?;
    tracing::info!(person = %signed_in.person.id, ended, "signed out everywhere");
    Ok(signed_out())
}

fn signed_out() -> Response {
    (Extension(SignedOut), Redirect::to("/login")).into_response()
}

async fn end(state: &AppState, session: &Session) -> Result<(), PageError> {
    let Some(id) = session.id() else { return Ok(()) };
    session.flush().await.map_err(session_failed)?;
    state.visitors.forget(id).await;
    Ok(())
}
