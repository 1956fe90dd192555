//! When a browser forgets its session: where somebody signs out, and nowhere else. The layer of the sessions also takes the
//! cookie back where it did not find the session, which may belong to a request that was overtaken by another one: the
//! browser would then lose the session that it was given meanwhile.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderValue;
use http::header::SET_COOKIE;

use super::Sessions;

/// Says of a response that somebody signed out: the browser forgets its session.
#[derive(Clone, Copy, Debug)]
pub struct SignedOut;

/// The layer: leaves browsers their cookie unless the response says [`SignedOut`].
pub async fn keep_cookie(State(sessions): State<Sessions>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.extensions_mut().remove::<SignedOut>().is_some() {
        return response;
    }
    let removal = format!("{}=;", sessions.cookie());
    let is_removal = |line: &HeaderValue| line.as_bytes().starts_with(removal.as_bytes());
    let headers = response.headers_mut();
    if headers.get_all(SET_COOKIE).into_iter().any(is_removal) {
        let kept: Vec<HeaderValue> =
            headers.get_all(SET_COOKIE).into_iter().filter(|line| !is_removal(line)).cloned().collect();
        headers.remove(SET_COOKIE);
        for line in kept {
            headers.append(SET_COOKIE, line);
        }
    }
    response
}
