//! How a page becomes a response: its view is built and drawn by leptos_axum, under an owner of its own. The data is ready
//! before that, so the status is known before the first byte.

use std::sync::{Arc, LazyLock};

use any_spawner::Executor;
use app::document;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use futures::stream::once;
use http::StatusCode;
use leptos::nonce::Nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use crate::middleware::current;

/// Builds the view of a page.
pub type Build = Box<dyn FnOnce() -> AnyView + Send>;

// Leptos gives tasks to this runtime. Where it was told before, by another server of this process, that holds.
static RUNTIME: LazyLock<()> = LazyLock::new(|| {
    let _told_before = Executor::init_tokio();
});

/// The page as a response of leptos_axum with `status`, and with `nonce` on its script. The body is whole: pages wait for
/// nothing, and its length is known.
pub async fn draw(status: StatusCode, nonce: Arc<str>, build: Build) -> Response {
    LazyLock::force(&RUNTIME);
    let context = move || {
        // leptos_axum makes up a nonce; this one is in the content security policy of the response.
        provide_context(Nonce::from_value(Arc::clone(&nonce)));
        expect_context::<ResponseOptions>().set_status(status);
        // A page is HTML; only the islands in it are hydrated.
        if let Some(shared) = Owner::current_shared_context() {
            shared.set_is_hydrating(false);
        }
    };
    // Left out is the script with the values of resources: no page has any.
    let response = leptos_axum::handle_response_inner(context, build, request(), |view, _resources, _| {
        let html = document::draw(view);
        Box::pin(async move { Box::pin(once(async move { html })) as _ })
    });
    let (parts, body) = response.await.into_parts();
    // A body in memory cannot fail, and one piece is not copied.
    Response::from_parts(parts, Body::from(to_bytes(body, usize::MAX).await.unwrap_or_default()))
}

// Handlers have read the request already. What leptos_axum is told of it is the address.
fn request() -> Request {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = current::path().into();
    request
}
