//! The second step of signing in: a code of the app, or a recovery code.

use app::pages::entry::{CodeForm, code as view};
use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use db::Actor;
use db::audit::Attempt;
use db::people::devices;
use db::people::second_factor::{self, Opened};
use domain::ids::UserId;
use http::StatusCode;
use http::request::Parts;
use jobs::people::Notice;
use serde::Deserialize;
use serde_json::json;
use tower_sessions::Session;

use super::begin::{How, begin, session_failed, tell};
use super::sign_in_throttle::Kind;
use super::{device, next};
use crate::error::PageError;
use crate::middleware::{address, current};
use crate::pages::answer;
use crate::sessions::{HALF, Half};
use crate::state::AppState;

const WRONG: &str = "That code is incorrect, expired or already used. Enter a new one.";
const TOO_MANY: &str = "Too many attempts. Wait 15 minutes, then try again.";

/// The query of the page.
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
    code: String,
    #[serde(default)]
    next: String,
}

/// The page that follows the password; it leads on to `next`.
pub fn address_of(next: &str) -> String {
    match next::local(next) {
        "/" => "/login/code".to_owned(),
        next => app::url::with_query("/login/code", [("next", next)]),
    }
}

/// `GET /login/code`; without a password first, it leads to the sign-in page.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    session: Session,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    Ok(match half(&state, &session).await? {
        Some(_) => form(&state, StatusCode::OK, next::local(&wanted.next), None).await,
        None => Redirect::to(&next::sign_in_address(&wanted.next)).into_response(),
    })
}

/// `POST /login/code`.
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
    let Some(person) = half(&state, &session).await? else {
        return Ok(Redirect::to(&next::sign_in_address(next)).into_response());
    };
    let address = address::client(&parts, state.config.http.proxies);
    let account = format!("code of {person}");
    let attempt = match known_device(&state, &parts, person).await? {
        Some(device) => state.sign_in_throttle.attempt_within(Kind::SecondStep, &account, &device).await,
        None => state.sign_in_throttle.attempt(Kind::SecondStep, &account, address).await,
    };
    let Ok(attempt) = attempt else {
        refuse(&state, person, "session.limit");
        return Ok(form(&state, StatusCode::TOO_MANY_REQUESTS, next, Some(TOO_MANY)).await);
    };
    let Some(opened) = second_factor::open(&state.db, &state.sealer, person, &entered.code).await? else {
        tracing::info!(%person, %address, "a second step failed");
        refuse(&state, person, "session.refuse");
        return Ok(form(&state, StatusCode::UNPROCESSABLE_ENTITY, next, Some(WRONG)).await);
    };
    attempt.succeeded().await;
    let Some(person) = db::people::person(&state.db, person).await? else {
        return Ok(Redirect::to("/login").into_response());
    };
    let how = if opened == Opened::ByApp { How::Code } else { How::RecoveryCode };
    begin(&state, &session, &parts, &person, how).await?;
    if let Opened::ByRecovery(left) = opened {
        tell(&state.db, &state.tools.mailer, &person.email, &Notice::RecoveryCodeUsed { left }).await?;
    }
    Ok(Redirect::to(next).into_response())
}

// They have given the password: that much is proven of them, and no more.
fn refuse(state: &AppState, person: UserId, action: &'static str) {
    let (state, origin) = (state.clone(), current::origin());
    tokio::spawn(async move {
        let known = db::people::person(&state.db, person).await.ok().flatten();
        let subject = known.map_or_else(|| person.to_string(), |person| person.email);
        let attempt = Attempt { actor: Actor::Nobody, action, subject, details: json!({"step": "code"}), origin };
        state.refusals.of_person(&state.db, Some(person), attempt);
    });
}

// A browser in which they signed in before.
async fn known_device(state: &AppState, parts: &Parts, person: UserId) -> Result<Option<String>, PageError> {
    let Some(device) = device::own(&parts.headers, state) else { return Ok(None) };
    Ok(devices::is_known_to(&state.db, person, &device).await?.then_some(device))
}

async fn half(state: &AppState, session: &Session) -> Result<Option<UserId>, PageError> {
    let half: Option<Half> = session.get(HALF).await.map_err(session_failed)?;
    Ok(half.and_then(|half| half.person(state.db.clock().now())))
}

async fn form(state: &AppState, status: StatusCode, next: &str, fault: Option<&str>) -> Response {
    let next = (next != "/").then(|| next.to_owned());
    answer::with(
        status,
        CodeForm { fault: fault.map(str::to_owned), next, passkeys: state.passkeys.is_some(), theme: current::theme() },
        view,
    )
    .await
}
