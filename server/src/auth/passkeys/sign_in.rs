//! Signing in with a passkey: the device shows what it has and who holds it, so it stands for password and second factor.

use app::pages::entry::{PasskeyPage, passkey as view};
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use db::people::{Person, ceremonies, passkeys};
use http::StatusCode;
use http::request::Parts;
use jobs::people::Notice;
use serde::Deserialize;
use serde_json::Value;
use tower_sessions::Session;

use super::Refusal;
use crate::auth::begin::{How, begin, session_failed, tell};
use crate::auth::sign_in::{TOO_MANY, refuse};
use crate::auth::sign_in_throttle::Kind;
use crate::auth::{next, sign_in_page};
use crate::error::PageError;
use crate::middleware::{address, current};
use crate::pages::answer;
use crate::sessions::CEREMONY;
use crate::state::AppState;

const KIND: &str = "passkey.use";
const WRONG: &str = "This passkey is not registered. It may have been removed. Sign in with your password.";
const OVER: &str = "The sign-in attempt expired or was already used. Try again.";

/// The form that begins.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    /// Where to go afterwards.
    #[serde(default)]
    next: String,
}

/// The form that the page sends by itself.
#[derive(Debug, Default, Deserialize)]
pub struct Answered {
    #[serde(default)]
    credential: String,
    #[serde(default)]
    next: String,
}

/// `GET /login/passkey`: the page has no address of its own.
pub async fn back() -> Redirect {
    Redirect::to("/login")
}

/// `POST /login/passkey`: asks the device.
///
/// # Errors
/// Where there are no passkeys, and when PostgreSQL fails.
pub async fn ask(
    State(state): State<AppState>,
    session: Session,
    parts: Parts,
    Form(wanted): Form<Wanted>,
) -> Result<Response, PageError> {
    let (passkeys, next) = (state.passkeys.as_ref().ok_or(PageError::NotFound)?, next::local(&wanted.next));
    let address = address::client(&parts, state.config.http.proxies);
    if state.sign_in_throttle.attempt_from(Kind::Passkey, address).await.is_err() {
        return Ok(sign_in_page::form(&state, StatusCode::TOO_MANY_REQUESTS, "", next, Some(TOO_MANY)).await);
    }
    let question = passkeys.ask().map_err(|error| {
        let request_id = current::request_id();
        tracing::error!(%request_id, %error, "no question for a passkey");
        PageError::Internal(request_id.to_string())
    })?;
    let name = ceremonies::begin(&state.db, KIND, &question.state).await?;
    session.insert(CEREMONY, name).await.map_err(session_failed)?;
    let next = (next != "/").then(|| next.to_owned());
    Ok(answer::ok(PasskeyPage { options: question.options, next, theme: current::theme() }, view).await)
}

/// `POST /login/passkey/finish`: signs in the owner of the passkey.
///
/// # Errors
/// Where there are no passkeys, and when PostgreSQL fails.
pub async fn finish(
    State(state): State<AppState>,
    session: Session,
    parts: Parts,
    Form(answered): Form<Answered>,
) -> Result<Response, PageError> {
    let next = next::local(&answered.next);
    let again = |status, words| sign_in_page::form(&state, status, "", next, Some(words));
    let address = address::client(&parts, state.config.http.proxies);
    let Ok(attempt) = state.sign_in_throttle.attempt_from(Kind::Passkey, address).await else {
        return Ok(again(StatusCode::TOO_MANY_REQUESTS, TOO_MANY).await);
    };
    let name: Option<String> = session.remove(CEREMONY).await.map_err(session_failed)?;
    let asked = match name {
        Some(name) => ceremonies::take(&state.db, KIND, &name).await?,
        None => None,
    };
    let Some(asked) = asked else { return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, OVER).await) };
    let Some(person) = recognise(&state, &answered.credential, asked).await? else {
        tracing::info!(%address, "a sign-in with a passkey failed");
        return Ok(again(StatusCode::UNPROCESSABLE_ENTITY, WRONG).await);
    };
    attempt.succeeded().await;
    // The question was counted too.
    state.sign_in_throttle.take_back(Kind::Passkey, address).await;
    begin(&state, &session, &parts, &person, How::Passkey).await?;
    Ok(Redirect::to(next).into_response())
}

async fn recognise(state: &AppState, answer: &str, asked: Value) -> Result<Option<Person>, PageError> {
    let checker = state.passkeys.as_ref().ok_or(PageError::NotFound)?;
    let Ok((id, credential)) = checker.whose(answer) else { return Ok(None) };
    let Some(stored) = passkeys::find(&state.db, id, &credential).await? else { return Ok(None) };
    let Some(person) = db::people::person(&state.db, id).await? else { return Ok(None) };
    let is_copy = match checker.check(answer, asked, &stored) {
        // Two that come at once with the same count meet in the row.
        Ok(proof) => !passkeys::used(&state.db, id, stored.id, &proof.credential, proof.counter).await?,
        Err(Refusal::Copied) => true,
        Err(Refusal::Wrong) => {
            refuse(state, "session.refuse", &person.email);
            return Ok(None);
        }
    };
    if is_copy {
        tracing::warn!(%id, "a passkey's device has counted back: there may be a copy of it");
        refuse(state, "session.refuse", &person.email);
        tell(&state.db, &state.tools.mailer, &person.email, &Notice::PasskeyCopied { name: stored.name }).await?;
        return Ok(None);
    }
    Ok(Some(person))
}
