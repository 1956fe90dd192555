//! Around every request: its id, its nonce, its time; limits and panics; then security headers, metrics and logs.

use std::any::Any;
use std::cell::Cell;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use futures::FutureExt;
use http::header::{CONNECTION, REFERRER_POLICY};
use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, StatusCode};

use super::current::Current;
use super::request_log::Seen;
use super::security_headers::{self, Nonce};
use super::{address, cookies, crowd, error_frames, host, plain_errors, request_limits, request_log};
use crate::error::{PageError, Problem};
use crate::flash;
use crate::input::pace::{Pace, Paced};
use crate::listen::Crowd;
use crate::state::AppState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
// Pages whose address opens something tell it to nothing that they load or lead to.
const WITHOUT_PATH: HeaderValue = HeaderValue::from_static("strict-origin");
const RESPONSE_TIME: HeaderName = HeaderName::from_static("x-response-time");
// No page is drawn without a nonce.
const NO_RANDOMNESS: &str = "Stoa is not available at the moment. Try again later.";

/// The layer.
pub async fn envelope(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let from = address::sender(request.headers(), request.extensions(), state.config.http.proxies);
    let Some(current) = fresh(&request, from) else {
        return (StatusCode::SERVICE_UNAVAILABLE, NO_RANDOMNESS).into_response();
    };
    let route = request.extensions().get::<MatchedPath>().cloned();
    let seen = Seen::of(&request, route);
    let limits = request_limits::of(seen.method(), seen.route(), &state.config.http);
    limits.body.apply(&mut request);
    let too_slow = pace(&mut request);
    request.extensions_mut().insert(Nonce(Arc::clone(&current.nonce)));
    let cookies = cookies::of(request.headers());
    let in_flight = state.meters.begin();
    let (request_id, nonce) = (Arc::clone(&current.request_id), Arc::clone(&current.nonce));
    let work = async {
        if let Some(refusal) = unreadable(&request, seen.is_api()) {
            return error_frames::draw_bare(refusal).await;
        }
        let crowd = request.extensions().get::<Crowd>().copied();
        if let Some(crowd) = crowd
            && let Some(refusal) = crowd::turned_away(crowd, request.uri(), request.headers(), &state).await
        {
            return error_frames::draw_bare(refusal).await;
        }
        let answer = AssertUnwindSafe(tokio::time::timeout(limits.time, next.run(request))).catch_unwind().await;
        let response = match answer {
            Ok(Ok(_)) if too_slow.is_some_and(|flag| flag.load(Ordering::Relaxed)) => came_too_slowly(seen.is_api()),
            Ok(Ok(response)) => response,
            Ok(Err(_)) => timed_out(seen.is_api()),
            Err(panic) => panicked(seen.is_api(), panic.as_ref()),
        };
        let response = plain_errors::explain(response, seen.is_api()).await;
        let mut response = error_frames::draw(&state, &cookies, seen.path(), response).await;
        flash::settle(&state, &cookies, &mut response);
        response
    };
    let mut response = current.scope(work).await;
    drop(in_flight);
    let taken = started.elapsed();
    security_headers::add(response.headers_mut(), &nonce, state.config.http.secure);
    if seen.is_secret() {
        response.headers_mut().insert(REFERRER_POLICY, WITHOUT_PATH);
    }
    stamp(&mut response, &request_id, taken);
    state.meters.count(&seen, response.status(), taken);
    request_log::write(&seen, response.status(), taken, &request_id, state.config.http.slow);
    if taken >= state.config.http.slow {
        state.slow_requests.keep(seen.slow(state.db.clock().now(), response.status(), taken, &request_id));
    }
    response
}

// What is not even looked at: without one host, or longer than addresses are.
fn unreadable(request: &Request, api: bool) -> Option<Response> {
    let (status, words) = if !host::is_named(request) {
        (StatusCode::BAD_REQUEST, "Send exactly one Host header.")
    } else if host::is_too_long(request) {
        (StatusCode::URI_TOO_LONG, "The URL is too long.")
    } else {
        return None;
    };
    let mut response = match api {
        true => Problem::new(status, "bad-request", "The request is invalid", words).into_response(),
        false => PageError::rejected(status, words).into_response(),
    };
    // Whatever follows on this connection may have been meant as a part of it.
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    Some(response)
}

// Most requests have no body.
fn pace(request: &mut Request) -> Option<Arc<AtomicBool>> {
    if request.body().is_end_stream() {
        return None;
    }
    let body = std::mem::take(request.body_mut());
    let (paced, too_slow) = Paced::new(body, Pace::default());
    *request.body_mut() = Body::new(paced);
    Some(too_slow)
}

fn came_too_slowly(api: bool) -> Response {
    let mut response = if api { Problem::too_slow().into_response() } else { PageError::TooSlow.into_response() };
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

// Ids and nonces are always ours: what comes from outside could be forged or break the log. The layer of tower-http would
// take it over.
fn fresh(request: &Request, address: IpAddr) -> Option<Current> {
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).ok()?;
    let (id, nonce) = random.split_at(16);
    let id = uuid::Builder::from_random_bytes(id.try_into().ok()?).into_uuid();
    let mut buffer = uuid::Uuid::encode_buffer();
    Some(Current {
        request_id: Arc::from(&*id.hyphenated().encode_lower(&mut buffer)),
        nonce: Arc::from(STANDARD_NO_PAD.encode(nonce)),
        path: request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/")),
        theme: cookies::theme(request.headers()),
        address,
        shows_flash: Cell::new(false),
        renamed: Cell::new(None),
    })
}

fn stamp(response: &mut Response, request_id: &str, taken: Duration) {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, value);
    }
    if let Ok(value) = HeaderValue::try_from(format!("{:.1}", taken.as_secs_f64() * 1_000.0)) {
        headers.insert(RESPONSE_TIME, value);
    }
}

fn timed_out(api: bool) -> Response {
    if api { Problem::unavailable().into_response() } else { PageError::TimedOut.into_response() }
}

fn panicked(api: bool, panic: &(dyn Any + Send)) -> Response {
    let words = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let request_id = super::current::request_id();
    tracing::error!(%request_id, panic = words.unwrap_or("of an unknown kind"), "a handler panicked");
    if api {
        Problem::internal(&request_id).into_response()
    } else {
        PageError::Internal(request_id.to_string()).into_response()
    }
}
