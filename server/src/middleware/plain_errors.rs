//! Refusals that come from the framework and not from a handler (a body too large, a form that cannot be read)
//! are plain text. They leave as every other error does: as a page or as a problem.

use axum::body::to_bytes;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, StatusCode, header};

use crate::error::{PageError, Problem};

const LONGEST: usize = 2_000;

/// The response, in the right form if it was a plain-text error.
pub async fn explain(response: Response, api: bool) -> Response {
    if !is_plain_error(&response) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, LONGEST).await.unwrap_or_default();
    let words = String::from_utf8_lossy(&bytes);
    let mut explained = if api {
        problem(parts.status, &words).into_response()
    } else {
        PageError::rejected(parts.status, &words).into_response()
    };
    for name in [header::ALLOW, header::RETRY_AFTER] {
        keep(&parts.headers, explained.headers_mut(), name);
    }
    explained
}

fn is_plain_error(response: &Response) -> bool {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return false;
    }
    match response.headers().get(header::CONTENT_TYPE) {
        Some(kind) => kind.as_bytes().starts_with(b"text/plain"),
        None => axum::body::HttpBody::size_hint(response.body()).exact() == Some(0),
    }
}

fn keep(from: &http::HeaderMap, to: &mut http::HeaderMap, name: HeaderName) {
    if let Some(value) = from.get(&name) {
        to.insert(name, value.clone());
    }
}

fn problem(status: StatusCode, words: &str) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => Problem::method_not_allowed(),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large("The request body is larger than this URL accepts."),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Problem::new(status, "unsupported-media-type", "Unsupported media type", words)
        }
        status => Problem::new(status, "bad-request", "The request is invalid", words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(response: Response) -> String {
        String::from_utf8(to_bytes(response.into_body(), 10_000).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn only_plain_errors_are_rewritten() {
        let fine = explain("x < y".into_response(), false).await;
        assert_eq!(text(fine).await, "x < y");
        let page = explain((StatusCode::BAD_REQUEST, "no <form>").into_response(), false).await;
        assert_eq!(page.status(), StatusCode::BAD_REQUEST);
        let Some(PageError::Rejected(_, words)) = page.extensions().get() else { panic!("it is a page's error") };
        assert!(words.contains("no <form>"), "{words}");
        let bare = (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET")]).into_response();
        let problem = explain(bare, true).await;
        assert_eq!(problem.headers()[header::ALLOW], "GET");
        assert!(text(problem).await.contains("method-not-allowed"));
    }
}
