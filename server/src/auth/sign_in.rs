//! Signing in. Known and unknown accounts get the same answer after the same time, and the session that begins
//! has an id that nobody knew before.

use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use db::Actor;
use db::audit::{self, Attempt};
use domain::ids::UserId;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use tower_sessions::Session;

use super::{SignedIn, next, sign_in_page};
use crate::error::{PageError, incident_number};
use crate::middleware::{address, current};
use crate::sessions::{PERSON, UNTIL};
use crate::state::AppState;

const WRONG: &str = "This e-mail address and password do not fit together.";
const TOO_MANY: &str = "There were too many attempts. Wait 15 minutes, then try again.";

/// The query of the sign-in page.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    /// Where to go afterwards.
    #[serde(default)]
    next: String,
}

/// The form.
#[derive(Debug, Deserialize)]
pub struct Entered {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// `GET /login`; whoever is signed in goes on.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    signed_in: Option<SignedIn>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let next = next::local(&wanted.next);
    if signed_in.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    Ok(sign_in_page::answer(&state, StatusCode::OK, "", next, None))
}

/// `POST /login`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn submit(
    State(state): State<AppState>,
    session: Session,
    parts: Parts,
    Form(entered): Form<Entered>,
) -> Result<Response, PageError> {
    let next = next::local(&entered.next);
    let again = |status, words| sign_in_page::answer(&state, status, &entered.email, next, Some(words));
    let address = address::client(&parts, state.config.http.proxies);
    let attempt = match state.sign_in_limits.attempt(&entered.email, address).await {
        Ok(attempt) => attempt,
        Err(wait) => {
            refuse(&state, "session.limit", &entered.email);
            let mut response = again(StatusCode::TOO_MANY_REQUESTS, TOO_MANY);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
            return Ok(response);
        }
    };
    let verified = db::people::verify(&state.db, &state.passwords, &entered.email, &entered.password).await?;
    let Some(person) = verified else {
        tracing::info!(%address, "a sign-in failed");
        refuse(&state, "session.refuse", &entered.email);
        return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, WRONG));
    };
    attempt.succeeded().await;
    begin(&state, &session, person.id).await?;
    let attempt = Attempt {
        actor: Actor::User(person.id),
        action: "session.begin",
        subject: person.email.clone(),
        details: json!({}),
        origin: current::origin(),
    };
    audit::of_person(&state.db, Some(person.id), &attempt).await?;
    tracing::info!(person = %person.id, %address, "signed in");
    Ok(Redirect::to(next).into_response())
}

// Recorded beside the answer: whether there is such an account must not show in its time. What was typed is named only
// where it is an account's e-mail: it may be anything else, a password among it.
fn refuse(state: &AppState, action: &'static str, email: &str) {
    let (state, email, origin) = (state.clone(), email.trim().to_owned(), current::origin());
    tokio::spawn(async move {
        let person = db::people::find(&state.db, &email).await.ok().flatten();
        let subject = if person.is_some() { email } else { "an unknown account".to_owned() };
        let attempt = Attempt { actor: Actor::Nobody, action, subject, details: json!({}), origin };
        state.refusals.of_person(&state.db, person, attempt);
    });
}

// Whatever session there was ends, so that an id planted by somebody else is worth nothing.
async fn begin(state: &AppState, session: &Session, person: UserId) -> Result<(), PageError> {
    if let Some(old) = session.id() {
        state.visitors.forget(old).await;
    }
    let until = state.sessions.absolute_end().timestamp();
    let steps = async {
        session.clear().await;
        session.cycle_id().await?;
        session.insert(PERSON, person).await?;
        session.insert(UNTIL, until).await
    };
    steps.await.map_err(session_failed)
}

/// What a failure of the session store comes to.
pub(super) fn session_failed(error: tower_sessions::session::Error) -> PageError {
    let incident = incident_number();
    tracing::error!(%incident, %error, "a session could not be stored");
    PageError::Internal(incident)
}
