//! Rendered pages as responses.

use app::document::Rendered;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::body::PageBody;
use crate::flash;
use crate::middleware::current;

// Pages show one person's view of data that changes: browsers may go back to them, nobody else may keep them.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// A page that shows what was asked for.
pub fn ok(page: &Rendered) -> Response {
    with(StatusCode::OK, page)
}

/// A page with this status.
pub fn with(status: StatusCode, page: &Rendered) -> Response {
    let headers = [(header::CACHE_CONTROL, PRIVATE), (header::CONTENT_TYPE, HTML)];
    (status, headers, Body::new(PageBody::new(page, &current::nonce()))).into_response()
}

/// A page whose form has faults.
pub fn faulty(page: &Rendered) -> Response {
    with(StatusCode::UNPROCESSABLE_ENTITY, page)
}

/// On to `address` after something was done; `done` is the word that says what.
pub fn done(address: &str, done: impl Into<String>) -> Response {
    flash::redirect(address, done)
}
