//! Pages as responses: the data of a page, and the function of `app` that shows it.

use std::future::Future;

use app::document::Document;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use domain::fields::FieldErrors;
use http::{HeaderValue, StatusCode, header};

use super::cached_page::{CachedBody, CachedPage};
use super::draw::{Build, draw};
use crate::flash;
use crate::middleware::current;

// Pages show one person's view of data that changes: browsers may go back to them, nobody else may keep them.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// A page that shows what was asked for.
pub fn ok<D: Send + 'static>(
    data: D,
    view: impl FnOnce(&D) -> Document + Send + 'static,
) -> impl Future<Output = Response> + Send {
    with(StatusCode::OK, data, view)
}

/// A page whose form has faults.
pub fn faulty<D: Send + 'static>(
    data: D,
    view: impl FnOnce(&D) -> Document + Send + 'static,
) -> impl Future<Output = Response> + Send {
    with(StatusCode::UNPROCESSABLE_ENTITY, data, view)
}

/// A page with this status.
pub fn with<D: Send + 'static>(
    status: StatusCode,
    data: D,
    view: impl FnOnce(&D) -> Document + Send + 'static,
) -> impl Future<Output = Response> + Send {
    // Boxed here, so that the future of a handler does not carry the data of its page as well.
    private(status, Box::new(move || view(&data).into_view()))
}

/// A page with this status that browsers do not store either.
pub fn not_stored<D: Send + 'static>(
    status: StatusCode,
    data: D,
    view: impl FnOnce(&D) -> Document + Send + 'static,
) -> impl Future<Output = Response> + Send {
    draw(status, current::nonce(), Box::new(move || view(&data).into_view()))
}

/// The status of a page that shows a form with these faults, perhaps none.
pub const fn status(faults: &FieldErrors) -> StatusCode {
    if faults.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// A page that was drawn before.
pub fn cached(page: &CachedPage) -> Response {
    let headers = [(header::CACHE_CONTROL, PRIVATE), (header::CONTENT_TYPE, HTML)];
    (headers, Body::new(CachedBody::new(page, &current::nonce()))).into_response()
}

/// On to `address` after something was done; `done` is the word that says what.
pub fn done(address: &str, done: impl Into<String>) -> Response {
    flash::redirect(address, done)
}

async fn private(status: StatusCode, build: Build) -> Response {
    let mut response = draw(status, current::nonce(), build).await;
    response.headers_mut().insert(header::CACHE_CONTROL, PRIVATE);
    response
}
