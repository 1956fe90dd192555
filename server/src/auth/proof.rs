//! Asking people once more who they are, before what would outlast a browser that was left open or a cookie that was
//! stolen: keys, members, roles, webhooks, single sign-on, second factors and downloads. What counts is the password, a code
//! of their app, or a sign-in, for ten minutes ([decision 0024](../../../docs/decisions/0024-proving-again.md)).
//!
//! The page that asks carries what was sent, so that nothing typed is lost; its form goes where the first one went.

use app::pages::entry::{AgainForm, again as view};
use axum::body::{Body, to_bytes};
use axum::extract::{Form, FromRequestParts, Query, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use db::people::{account, passkeys, second_factor};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::json;
use url::form_urlencoded;

use super::SignedIn;
use super::begin::session_failed;
use super::next;
use super::record::record;
use super::sign_in_throttle::Kind;
use crate::error::PageError;
use crate::middleware::current;
use crate::pages::answer;
use crate::sessions::PROOF_LASTS;
use crate::state::AppState;

type Pairs = Vec<(String, String)>;

/// Fields of the page that asks; no form of ours has others of these names.
const PASSWORD: &str = "confirm_password";
const CODE: &str = "confirm_code";
/// As large as forms are at all.
const LARGEST: usize = 1 << 20;

const WRONG: &str = "Incorrect password or code. Try again.";
const TOO_OFTEN: &str = "Too many attempts. Wait 15 minutes, then try again.";

/// The signed-in user of a request.
///
/// # Errors
/// Without a signed-in user, and when PostgreSQL fails.
pub async fn signed_in(parts: &mut Parts, state: &AppState) -> Result<SignedIn, PageError> {
    SignedIn::from_request_parts(parts, state).await
}

/// The request without the fields of the proof, if the user has proven recently who they are; the page that asks for it
/// otherwise.
///
/// # Errors
/// That page.
pub async fn ask(found: &SignedIn, request: Request, state: &AppState) -> Result<Request, Box<Response>> {
    let since = found.proved_at.map(|at| state.db.clock().now() - at);
    if since.is_some_and(|since| since < PROOF_LASTS) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let refused = |error: PageError| Box::new(error.into_response());
    if parts.method != Method::POST {
        let here = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        let form = form(state, found, "/confirm", vec![("next".to_owned(), here.clone())], here).await;
        return Err(Box::new(page(form.map_err(refused)?).await));
    }
    let bytes = to_bytes(body, LARGEST).await;
    let bytes = bytes.map_err(|_| refused(PageError::rejected(StatusCode::PAYLOAD_TOO_LARGE, "")))?;
    let (given, rest) = split(form_urlencoded::parse(&bytes).into_owned().collect());
    match judge(state, found, &given).await.map_err(refused)? {
        Ok(()) => Ok(without(parts, &rest)),
        Err(fault) => {
            let back = back(&parts);
            let form = form(state, found, parts.uri.path(), rest, back).await.map_err(refused)?;
            Err(Box::new(page(AgainForm { fault, ..form }).await))
        }
    }
}

/// `GET /confirm`.
///
/// # Errors
/// Without a signed-in user, and when PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    found: SignedIn,
    Query(typed): Query<Pairs>,
) -> Result<Response, PageError> {
    let next = wanted(&typed);
    let form = form(&state, &found, "/confirm", vec![("next".to_owned(), next.clone())], next).await?;
    Ok(answer::ok(form, view).await)
}

/// `POST /confirm`: on to where they wanted to go.
///
/// # Errors
/// Without a signed-in user, and when PostgreSQL fails.
pub async fn submit(
    State(state): State<AppState>,
    found: SignedIn,
    Form(typed): Form<Pairs>,
) -> Result<Response, PageError> {
    let next = wanted(&typed);
    let (given, rest) = split(typed);
    match judge(&state, &found, &given).await? {
        Ok(()) => Ok(Redirect::to(&next).into_response()),
        Err(fault) => {
            let form = form(&state, &found, "/confirm", rest, next).await?;
            Ok(answer::faulty(AgainForm { fault, ..form }, view).await)
        }
    }
}

// Whether what was given shows who they are; what is wrong with it, and nothing where nothing was given.
async fn judge(state: &AppState, found: &SignedIn, given: &Pairs) -> Result<Result<(), Option<String>>, PageError> {
    let value = |name: &str| given.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str());
    let (password, code) = (value(PASSWORD), value(CODE));
    if password.is_none() && code.is_none() {
        return Ok(Err(None));
    }
    // Whom a provider vouches for, it must vouch for again: the account's password says nothing here.
    if found.only.is_some() {
        return Ok(Err(Some(WRONG.to_owned())));
    }
    let (me, session) = (found.actor(), found.session.to_string());
    let Ok(attempt) = state.sign_in_throttle.attempt_within(Kind::Again, &me.to_string(), &session).await else {
        return Ok(Err(Some(TOO_OFTEN.to_owned())));
    };
    let is_right = match (password, code) {
        (Some(password), _) => account::knows_password(&state.db, &state.passwords, me, password).await?,
        (None, Some(code)) => second_factor::open_by_app(&state.db, &state.sealer, me, code).await?,
        (None, None) => false,
    };
    if !is_right {
        return Ok(Err(Some(WRONG.to_owned())));
    }
    attempt.succeeded().await;
    state.sessions.prove(found.session).await.map_err(|error| session_failed(error.into()))?;
    state.visitors.forget(found.session).await;
    let person = found.impersonator.as_ref().map_or(&*found.person, |impersonator| &impersonator.admin);
    record(&state.db, person, "session.confirm", json!({"by": if password.is_some() { "password" } else { "code" }}))
        .await?;
    Ok(Ok(()))
}

async fn form(
    state: &AppState,
    found: &SignedIn,
    action: &str,
    sent: Pairs,
    back: String,
) -> Result<AgainForm, PageError> {
    let me = found.actor();
    let standing = second_factor::standing(&state.db, me).await?;
    let provider = found.only.and_then(|_| found.memberships.first()).map(|m| m.slug.clone());
    let has_passkeys = state.passkeys.is_some() && !passkeys::credential_ids(&state.db, me).await?.is_empty();
    Ok(AgainForm {
        action: action.to_owned(),
        sent,
        back,
        provider,
        has_codes: standing.is_on,
        has_passkeys: has_passkeys && found.impersonator.is_none(),
        fault: None,
        theme: current::theme(),
    })
}

async fn page(form: AgainForm) -> Response {
    let mut response = answer::with(StatusCode::FORBIDDEN, form, view).await;
    // It holds what was typed, and goes with the answer to it.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

// What shows who they are, and what the form was about.
fn split(pairs: Pairs) -> (Pairs, Pairs) {
    pairs.into_iter().partition(|(name, _)| [PASSWORD, CODE].contains(&name.as_str()))
}

fn without(mut parts: Parts, pairs: &Pairs) -> Request {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    Request::from_parts(parts, Body::from(body))
}

fn wanted(pairs: &Pairs) -> String {
    let next = pairs.iter().find(|(name, _)| name == "next").map_or("/", |(_, next)| next.as_str());
    next::local(next).to_owned()
}

// The page of the form, as far as the browser says.
fn back(parts: &Parts) -> String {
    let referer = parts.headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let path = referer.and_then(|text| url::Url::parse(text).ok()).map(|url| match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    });
    path.map_or_else(|| "/".to_owned(), |path| next::local(&path).to_owned())
}
