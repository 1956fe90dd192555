//! Around every request: its id, its nonce, its time; limits and panics; then security headers, metrics and logs.

use std::any::Any;
use std::cell::Cell;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::document::Theme;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use futures::FutureExt;
use http::{HeaderName, HeaderValue};

use super::current::Current;
use super::request_log::Seen;
use super::security_headers::{self, Nonce};
use super::{address, cookies, error_frames, limits, plain_errors, request_log};
use crate::error::{self, PageError, Problem};
use crate::flash;
use crate::state::AppState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RESPONSE_TIME: HeaderName = HeaderName::from_static("x-response-time");

/// The layer.
pub async fn envelope(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let from = address::sender(request.headers(), request.extensions(), state.config.http.proxies);
    let Some(current) = fresh(cookies::theme(request.headers()), from) else {
        return PageError::Unavailable.into_response();
    };
    let route = request.extensions().get::<MatchedPath>().cloned();
    let seen = Seen::of(&request, route);
    let limits = limits::of(seen.method(), seen.route(), &state.config.http);
    limits.body.apply(&mut request);
    request.extensions_mut().insert(Nonce(Arc::clone(&current.nonce)));
    let cookies = cookies::of(request.headers());
    let in_flight = state.meters.begin();
    let (request_id, nonce) = (Arc::clone(&current.request_id), Arc::clone(&current.nonce));
    let work = async {
        let answer = AssertUnwindSafe(tokio::time::timeout(limits.time, next.run(request))).catch_unwind().await;
        let response = match answer {
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
    stamp(&mut response, &request_id, taken);
    state.meters.count(&seen, response.status(), taken);
    request_log::write(&seen, response.status(), taken, &request_id, state.config.http.slow);
    if taken >= state.config.http.slow {
        state.slow.keep(seen.slow(state.db.clock().now(), response.status(), taken, &request_id));
    }
    response
}

// Ids and nonces are always ours: what comes from outside could be forged or break the log.
fn fresh(theme: Theme, address: IpAddr) -> Option<Current> {
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).ok()?;
    let (id, nonce) = random.split_at(16);
    let id = uuid::Builder::from_random_bytes(id.try_into().ok()?).into_uuid();
    let mut buffer = uuid::Uuid::encode_buffer();
    Some(Current {
        request_id: Arc::from(&*id.hyphenated().encode_lower(&mut buffer)),
        nonce: Arc::from(STANDARD_NO_PAD.encode(nonce)),
        theme,
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
    let incident = error::incident_number();
    let request_id = super::current::request_id();
    tracing::error!(%incident, %request_id, panic = words.unwrap_or("of an unknown kind"), "a handler panicked");
    if api { Problem::internal(&incident).into_response() } else { PageError::Internal(incident).into_response() }
}
