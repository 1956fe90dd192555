//! Who is still answered when nearly all connections that there may be are busy: whoever watches over the server, and then
//! people and programs that are known. Everybody else is asked to come again, on another connection.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Uri, header};

use super::request_log::is_api;
use crate::auth::key::bearer;
use crate::error::{PageError, Problem};
use crate::listen::Crowd;
use crate::sessions::session_id;
use crate::state::AppState;

/// The answer to whoever asks for `uri` and is not let in, where it is so crowded.
pub async fn turned_away(crowd: Crowd, uri: &Uri, headers: &HeaderMap, state: &AppState) -> Option<Response> {
    if is_watching(uri) || (crowd == Crowd::Known && is_known(headers, state).await) {
        return None;
    }
    metrics::counter!("stoa_requests_turned_away_total").increment(1);
    let mut response = match is_api(uri.path()) {
        true => Problem::crowded().into_response(),
        false => PageError::Crowded.into_response(),
    };
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    Some(response)
}

fn is_watching(uri: &Uri) -> bool {
    matches!(uri.path(), "/health" | "/ready" | "/metrics")
}

async fn is_known(headers: &HeaderMap, state: &AppState) -> bool {
    if let Some(key) = bearer(headers) {
        return state.keys.find(key).await.is_ok_and(|found| found.is_some());
    }
    match session_id(headers, state.sessions.cookie()) {
        Some(session) => state.visitors.find(session).await.is_ok_and(|found| found.is_some()),
        None => false,
    }
}
