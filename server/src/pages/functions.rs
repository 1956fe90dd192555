//! Server functions of the islands. Each is called on a route of the declared table, so that the permission is checked and the
//! request is limited before leptos_axum sees it.

use app::search::{Search, Searcher};
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};
use leptos::prelude::provide_context;
use leptos::server_fn::ServerFn;

use crate::auth::Member;
use crate::error::PageError;

/// Suggestions for the search field, as JSON.
///
/// # Errors
/// For strangers, for what cannot be read, and when PostgreSQL fails.
pub async fn search(member: Member, uri: Uri) -> Result<Response, PageError> {
    let searcher = Searcher::new(member.access, member.membership);
    let context = searcher.clone();
    let response = call(Search::PATH, uri.query(), move || provide_context(context.clone())).await;
    match searcher.take_failure() {
        Some(error) => Err(error.into()),
        None => response,
    }
}

// leptos_axum finds the function by its own path. Nothing else of the request goes there: what a function needs to know of
// whoever asks is its context.
async fn call(
    path: &str,
    query: Option<&str>,
    context: impl Fn() + Clone + Send + 'static,
) -> Result<Response, PageError> {
    let address = format!("{path}?{}", query.unwrap_or_default());
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = address.parse().map_err(|_| unreadable())?;
    let response = leptos_axum::handle_server_fns_with_context(context, request).await.into_response();
    // A function reports its own failures through its context: this one is about the request.
    if response.status().is_success() { Ok(response) } else { Err(unreadable()) }
}

fn unreadable() -> PageError {
    PageError::rejected(StatusCode::BAD_REQUEST, "")
}
