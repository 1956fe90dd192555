//! Forgotten passwords: an email with a link, and the choice of another password. Known and unknown emails get the same
//! response after the same time, because the work for a known one is done after the response.

use app::pages::entry::{ForgotForm, ResetForm, forgot as view, over, reset as reset_view};
use axum::extract::{Form, Path, State};
use axum::response::Response;
use db::audit::{self, Attempt};
use db::people::links::{self, Purpose};
use db::people::{self, account};
use db::{Actor, DataError, Db, Origin};
use domain::fields::FieldErrors;
use http::StatusCode;
use http::request::Parts;
use jobs::people::{Notice, reset_password};
use serde::Deserialize;
use serde_json::json;

use super::begin::tell;
use super::record::record;
use super::sign_in_throttle::Kind;
use crate::error::PageError;
use crate::middleware::{address, current};
use crate::pages::answer;
use crate::state::AppState;

const TOO_MANY: &str = "Too many attempts. Wait 15 minutes, then try again.";
const OVER: &str = "It was used, is older than 2 hours, or was replaced by a newer link. Request a new link.";

/// The form of a forgotten password.
#[derive(Debug, Deserialize)]
pub struct Named {
    #[serde(default)]
    email: String,
}

/// The form of another password.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    password: String,
}

/// `GET /forgot-password`.
pub async fn show() -> Response {
    answer::ok(ForgotForm { theme: current::theme(), ..ForgotForm::default() }, view).await
}

/// `POST /forgot-password`.
///
/// # Errors
/// Never: what fails afterwards is logged.
pub async fn submit(
    State(state): State<AppState>,
    parts: Parts,
    Form(named): Form<Named>,
) -> Result<Response, PageError> {
    let (email, theme) = (named.email.trim().to_owned(), current::theme());
    let address = address::client(&parts, state.config.http.proxies);
    if state.sign_in_throttle.attempt(Kind::Forgotten, &email, address).await.is_err() {
        let form = ForgotForm { email, fault: Some(TOO_MANY.to_owned()), theme, ..ForgotForm::default() };
        return Ok(answer::with(StatusCode::TOO_MANY_REQUESTS, form, view).await);
    }
    let (later, to, origin) = (state.clone(), email.clone(), current::origin());
    tokio::spawn(async move {
        if let Err(error) = send(&later, &to, origin).await {
            tracing::warn!(%error, "cannot store the email of a password reset");
        }
    });
    Ok(answer::ok(ForgotForm { email, is_sent: true, theme, ..ForgotForm::default() }, view).await)
}

/// `GET /reset-password/{secret}`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn show_reset(State(db): State<Db>, Path(secret): Path<String>) -> Result<Response, PageError> {
    let link = links::look(&db, &secret).await?;
    if !link.is_some_and(|link| link.purpose == Purpose::Password) {
        return Ok(gone().await);
    }
    Ok(answer::ok(ResetForm { secret, theme: current::theme(), ..ResetForm::default() }, reset_view).await)
}

/// `POST /reset-password/{secret}`: all sessions end, and the new password opens the next.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn reset(
    State(state): State<AppState>,
    Path(secret): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, PageError> {
    let person = match account::reset_password(&state.db, &state.passwords, &secret, &chosen.password).await {
        Ok(person) => person,
        Err(DataError::NotFound(_)) => return Ok(gone().await),
        Err(DataError::Invalid(faults)) => return Ok(again(secret, faults).await),
        Err(other) => return Err(other.into()),
    };
    state.sessions.end_all(person.id).await?;
    state.visitors.forget_person(person.id).await;
    record(&state.db, &person, "password.reset", json!({})).await?;
    tell(&state.db, &state.tools.mailer, &person.email, &Notice::PasswordChanged).await?;
    tracing::info!(person = %person.id, "chose another password with a link");
    Ok(answer::done("/login", "password"))
}

async fn gone() -> Response {
    answer::with(StatusCode::GONE, current::theme(), |theme| over(OVER, *theme)).await
}

async fn again(secret: String, faults: FieldErrors) -> Response {
    answer::faulty(ResetForm { secret, faults, theme: current::theme() }, reset_view).await
}

// Recorded beside the answer, like everything that only happens for known addresses.
async fn send(state: &AppState, email: &str, origin: Origin) -> Result<(), DataError> {
    let Some(id) = people::find(&state.db, email).await? else { return Ok(()) };
    let Some(person) = people::person(&state.db, id).await? else { return Ok(()) };
    let letter = |secret: &str| vec![reset_password(&state.tools.mailer, state.db.clock().id(), &person.email, secret)];
    links::send(&state.db, id, &Purpose::Password, letter).await?;
    let (actor, action, subject) = (Actor::Nobody, "password.ask", person.email.clone());
    let attempt = Attempt { actor, action, subject, details: json!({}), origin };
    audit::of_person(&state.db, Some(id), &attempt).await
}
