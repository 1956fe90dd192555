//! Rendered pages as responses.

use app::document::Rendered;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::{HeaderValue, StatusCode, header};

use crate::middleware::current;

// Pages show one person's view of data that changes: browsers may go back to them, nobody else may keep them.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// A page that shows what was asked for.
pub fn ok(page: &Rendered) -> Response {
    with(StatusCode::OK, page)
}

/// A page with this status.
pub fn with(status: StatusCode, page: &Rendered) -> Response {
    (status, [(header::CACHE_CONTROL, PRIVATE)], Html(page.with_nonce(&current::nonce()))).into_response()
}

/// A page whose form has faults.
pub fn faulty(page: &Rendered) -> Response {
    with(StatusCode::UNPROCESSABLE_ENTITY, page)
}

/// On to `path` after something was done; `done` is the word that says what.
pub fn done(path: &str, done: &str) -> Redirect {
    Redirect::to(&format!("{path}?done={done}"))
}
