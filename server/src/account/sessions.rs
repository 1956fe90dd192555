//! Ending one of one's own sessions.

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use db::Db;
use serde::Deserialize;
use serde_json::json;

use crate::auth::SignedIn;
use crate::auth::record::record;
use crate::auth::visitors::Visitors;
use crate::error::PageError;
use crate::pages::answer;
use crate::sessions::Sessions;

/// The form.
#[derive(Debug, Deserialize)]
pub struct Named {
    /// The name under which the session is kept, in hexadecimal digits.
    #[serde(default)]
    session: String,
}

/// Ends it: within a second that browser is signed out.
///
/// # Errors
/// When it is not theirs, or PostgreSQL fails.
pub async fn end(
    State(db): State<Db>,
    State(sessions): State<Sessions>,
    State(visitors): State<Visitors>,
    signed_in: SignedIn,
    Form(named): Form<Named>,
) -> Result<Response, PageError> {
    let row = hex::decode(&named.session).map_err(|_| PageError::NotFound)?;
    if !sessions.end_own(signed_in.person.id, &row).await? {
        return Err(PageError::NotFound);
    }
    visitors.forget_person(signed_in.person.id).await;
    record(&db, &signed_in.person, "session.end_one", json!({})).await?;
    Ok(answer::done("/account", "ended").into_response())
}
