//! Signing out: here, or everywhere at once.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use db::{Db, impersonation};
use serde_json::json;
use tower_sessions::Session;

use super::SignedIn;
use super::begin::session_failed;
use super::record::record;
use super::visitors::Visitors;
use crate::error::PageError;
use crate::middleware::current;
use crate::sessions::{Sessions, SignedOut};

/// `POST /logout`. Without a session there is nothing to do, and that is done.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn here(
    State(db): State<Db>,
    State(visitors): State<Visitors>,
    signed_in: Option<SignedIn>,
    session: Session,
) -> Result<Response, PageError> {
    end(&visitors, &session).await?;
    match signed_in {
        // The session was the admin's, and the impersonation ends with it.
        Some(SignedIn { impersonator: Some(impersonator), .. }) => {
            impersonation::end(&db, &impersonator.impersonation, current::origin()).await?;
            record(&db, &impersonator.admin, "session.end", json!({})).await?;
        }
        Some(SignedIn { person, .. }) => record(&db, &person, "session.end", json!({})).await?,
        None => {}
    }
    Ok(signed_out())
}

/// `POST /account/sign-out-everywhere`: within a second no browser of this person is signed in.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn everywhere(
    State(db): State<Db>,
    State(sessions): State<Sessions>,
    State(visitors): State<Visitors>,
    signed_in: SignedIn,
    session: Session,
) -> Result<Response, PageError> {
    let ended = sessions.end_all(signed_in.person.id).await?;
    visitors.forget_person(signed_in.person.id).await;
    end(&visitors, &session).await?;
    record(&db, &signed_in.person, "session.end_all", json!({"sessions": ended})).await?;
    tracing::info!(person = %signed_in.person.id, ended, "signed out everywhere");
    Ok(signed_out())
}

fn signed_out() -> Response {
    (Extension(SignedOut), Redirect::to("/login")).into_response()
}

async fn end(visitors: &Visitors, session: &Session) -> Result<(), PageError> {
    let Some(id) = session.id() else { return Ok(()) };
    session.flush().await.map_err(session_failed)?;
    visitors.forget(id).await;
    Ok(())
}
