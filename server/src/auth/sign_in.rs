//! Signing in. Known and unknown accounts get the same answer after the same time, and the session that begins
//! has an id that nobody knew before.

use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use db::Actor;
use db::audit::Attempt;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use tower_sessions::Session;

use super::begin::{How, begin, begin_half};
use super::{SignedIn, code, device, next, sign_in_page};
use crate::error::PageError;
use crate::middleware::{address, current};
use crate::pages::visit::Visit;
use crate::state::AppState;

const WRONG: &str = "This e-mail address and password do not fit together.";
pub(super) const TOO_MANY: &str = "There were too many attempts. Wait 15 minutes, then try again.";

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
    visit: Visit,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let next = next::local(&wanted.next);
    if signed_in.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    let mut page = sign_in_page::after(&state, next, visit.done());
    if let Some(cookie) = device::cookie(&headers, &state) {
        page.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(page)
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
    if person.has_second_factor {
        begin_half(&state, &session, person.id).await?;
        return Ok(Redirect::to(&code::address_of(next)).into_response());
    }
    begin(&state, &session, &parts, &person, How::Password).await?;
    Ok(Redirect::to(next).into_response())
}

// Recorded beside the answer: whether there is such an account must not show in its time. What was typed is named only
// where it is an account's e-mail: it may be anything else, a password among it.
pub(super) fn refuse(state: &AppState, action: &'static str, email: &str) {
    let (state, email, origin) = (state.clone(), email.trim().to_owned(), current::origin());
    tokio::spawn(async move {
        let person = db::people::find(&state.db, &email).await.ok().flatten();
        let subject = if person.is_some() { email } else { "an unknown account".to_owned() };
        let attempt = Attempt { actor: Actor::Nobody, action, subject, details: json!({}), origin };
        state.refusals.of_person(&state.db, person, attempt);
    });
}
