//! Signing out: here, or everywhere at once.

use axum::extract::State;
use axum::response::Redirect;
use db::Actor;
use db::audit::{self, Attempt};
use db::people::Person;
use serde_json::{Value, json};
use tower_sessions::Session;

use super::SignedIn;
use super::begin::session_failed;
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
    if let Some(SignedIn { person, .. }) = signed_in {
        record(&state, &person, "session.end", json!({})).await?;
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

async fn record(state: &AppState, person: &Person, action: &'static str, details: Value) -> Result<(), PageError> {
    let actor = Actor::User(person.id);
    let attempt = Attempt { actor, action, subject: person.email.clone(), details, origin: current::origin() };
    Ok(audit::of_person(&state.db, Some(person.id), &attempt).await?)
}

async fn end(state: &AppState, session: &Session) -> Result<(), PageError> {
    let Some(id) = session.id() else { return Ok(()) };
    session.flush().await.map_err(session_failed)?;
    state.visitors.forget(id).await;
    Ok(())
}
