//! Signing in. Known and unknown accounts get the same response after the same time, and the session that begins
//! has a new id.

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use db::Actor;
use db::audit::Attempt;
use db::people::{self, Person, devices, second_factor};
use domain::ids::{UserId, Uuid};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use tower_sessions::Session;

use super::begin::{How, begin, begin_half};
use super::sign_in_throttle::{Attempt as Counted, Kind};
use super::{SignedIn, code, device, next, sign_in_page};
use crate::error::PageError;
use crate::middleware::{address, current};
use crate::pages::visit::Visit;
use crate::state::AppState;

const WRONG: &str = "Incorrect email or password.";
pub(super) const TOO_MANY: &str = "Too many attempts. Wait 15 minutes, then try again.";

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
    code: String,
    #[serde(default)]
    next: String,
}

/// `GET /login`; signed-in users are redirected.
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
    let mut page = sign_in_page::after(&state, next, visit.done()).await;
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
    let again = |status, words| sign_in_page::form(&state, status, &entered.email, next, Some(words));
    let address = address::client(&parts, state.config.http.proxies);
    let attempt = match counted(&state, &parts, &entered.email, address).await? {
        Ok(attempt) => attempt,
        Err(wait) => {
            if let Some(person) = both_steps(&state, &entered, address).await? {
                begin(&state, &session, &parts, &person, How::Code).await?;
                return Ok(Redirect::to(next).into_response());
            }
            refuse(&state, "session.limit", &entered.email);
            let mut response = sign_in_page::locked(&state, &entered.email, next).await;
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
            return Ok(response);
        }
    };
    let verified = people::verify(&state.db, &state.passwords, &entered.email, &entered.password).await?;
    let Some(person) = verified else {
        tracing::info!(%address, "a sign-in failed");
        refuse(&state, "session.refuse", &entered.email);
        return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, WRONG).await);
    };
    attempt.succeeded().await;
    if person.has_second_factor {
        begin_half(&state, &session, person.id).await?;
        return Ok(Redirect::to(&code::address_of(next)).into_response());
    }
    begin(&state, &session, &parts, &person, How::Password).await?;
    Ok(Redirect::to(next).into_response())
}

// A browser in which this account signed in before has its own count, which attempts elsewhere do not use up.
async fn counted<'a>(
    state: &'a AppState,
    parts: &Parts,
    email: &str,
    address: IpAddr,
) -> Result<Result<Counted<'a>, Duration>, PageError> {
    let device = device::own(&parts.headers, state);
    if let Some(device) = device
        && devices::is_known(&state.db, email, &device).await?
    {
        return Ok(state.sign_in_throttle.attempt_within(Kind::Password, email, &device).await);
    }
    Ok(state.sign_in_throttle.attempt(Kind::Password, email, address).await)
}

// While an account's limit is reached, the code is checked first and the password after it. Its owner gets in with both, and
// a refusal does not show which one was wrong. A right code is used up, so each one allows one attempt at the password.
async fn both_steps(state: &AppState, entered: &Entered, address: IpAddr) -> Result<Option<Person>, PageError> {
    if entered.code.trim().is_empty() {
        return Ok(None);
    }
    let Ok(from_here) = state.sign_in_throttle.attempt_from(Kind::BothSteps, address).await else { return Ok(None) };
    // Codes are looked up for unknown accounts too, so that response times do not show which accounts exist.
    let id = people::find(&state.db, &entered.email).await?.unwrap_or(UserId(Uuid::nil()));
    if second_factor::open(&state.db, &state.sealer, id, &entered.code).await?.is_none() {
        return Ok(None);
    }
    let Ok(attempt) = state.sign_in_throttle.attempt_within(Kind::BothSteps, &entered.email, "").await else {
        return Ok(None);
    };
    let verified = people::verify(&state.db, &state.passwords, &entered.email, &entered.password).await?;
    if verified.is_some() {
        from_here.succeeded().await;
        attempt.succeeded().await;
    }
    Ok(verified)
}

// Recorded beside the answer: whether there is such an account must not show in its time. What was typed is named only
// where it is an account's e-mail: it may be anything else, a password among it.
pub(super) fn refuse(state: &AppState, action: &'static str, email: &str) {
    let (state, email, origin) = (state.clone(), email.trim().to_owned(), current::origin());
    tokio::spawn(async move {
        let person = people::find(&state.db, &email).await.ok().flatten();
        let subject = if person.is_some() { email } else { "an unknown account".to_owned() };
        let attempt = Attempt { actor: Actor::Nobody, action, subject, details: json!({}), origin };
        state.refusals.of_person(&state.db, person, attempt);
    });
}
