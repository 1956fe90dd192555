//! Files for browsers: what was built (hashed names, kept for ever) and what lies in `public/`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use tower::ServiceExt;
use tower_http::services::ServeDir;

use crate::config::Config;
use crate::error::{PageError, Problem};
use crate::middleware::request_log::is_api;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
const ASK_FIRST: HeaderValue = HeaderValue::from_static("no-cache");

/// A file of the built site under its own path.
pub async fn built(State(config): State<Arc<Config>>, request: Request) -> Response {
    // Without hashes in the names a file may change under its name.
    let rule = if config.site.hashes.is_some() { FOR_EVER } else { ASK_FIRST };
    file(&config, request, rule).await
}

/// Whatever no route knows: a public file, or the answer that nothing is there.
pub async fn otherwise(State(config): State<Arc<Config>>, request: Request) -> Response {
    if is_api(request.uri().path()) {
        return Problem::not_found().into_response();
    }
    file(&config, request, AN_HOUR).await
}

async fn file(config: &Config, request: Request, rule: HeaderValue) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return PageError::NotFound.into_response();
    }
    let folder = ServeDir::new(&config.site.root)
        .append_index_html_on_directories(false)
        .redirect_to_trailing_slash(false)
        .precompressed_br()
        .precompressed_gzip();
    let Ok(mut response) = folder.oneshot(request).await;
    match response.status() {
        StatusCode::OK | StatusCode::NOT_MODIFIED | StatusCode::PARTIAL_CONTENT => {
            response.headers_mut().insert(header::CACHE_CONTROL, rule);
            response.into_response()
        }
        StatusCode::RANGE_NOT_SATISFIABLE | StatusCode::PRECONDITION_FAILED => response.into_response(),
        _ => PageError::NotFound.into_response(),
    }
}
