//! Errors for programs: RFC 9457.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use db::DataError;
use domain::fields::{FieldError, FieldErrors};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use super::Outcome;
use crate::middleware::current;

/// An error as `application/problem+json`.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    // Boxed, because most problems have none and all results that may be a problem carry its size.
    headers: Box<HeaderMap>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    request_id: &'a str,
}

impl Problem {
    /// A problem of the kind `kind` (a word; the type's name), with a title that is always the same for it.
    pub fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, title, detail: detail.into(), errors: Vec::new(), headers: Box::default() }
    }

    /// 400: it could not even be read.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "The request is invalid", detail)
    }

    /// 401: no key, or a wrong one.
    pub fn unauthorized() -> Self {
        let detail = "Send a valid API key as 'Authorization: Bearer stoa_...'.";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "The API key is missing or invalid", detail)
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 403: the key lacks a scope.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "The API key lacks permission", detail)
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Not found",
            "No resource exists at this URL, or this API key \
            cannot access it.",
        )
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        let detail = "This URL does not support this method. See the Allow header.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed", detail)
    }

    /// 409: not in the state for this.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "Conflict", detail)
    }

    /// 413: too large.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The request is too large", detail)
    }

    /// 422: faulty fields.
    pub fn invalid(fields: FieldErrors) -> Self {
        let detail = match fields.0.len() {
            1 => "1 field is invalid. No changes were made.".to_owned(),
            n => format!("{n} fields are invalid. No changes were made."),
        };
        let mut problem =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request has invalid fields", detail);
        problem.errors = fields.0;
        problem
    }

    /// 429: too often.
    pub fn too_many(after: Duration) -> Self {
        let detail = "Too many requests. Wait for the time in Retry-After, then try again.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests", detail).retry_after(after)
    }

    /// 500 with the request ID under which the log has the cause.
    pub fn internal(request_id: &str) -> Self {
        let detail = format!("The error was logged. Send the request ID {request_id} when you ask for help.");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error", detail)
    }

    /// 503: out of reach for the moment.
    pub fn unavailable() -> Self {
        let detail = "The database is temporarily unavailable. No changes were made. Try again.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Temporarily unavailable", detail)
            .retry_after(Duration::from_secs(2))
    }

    /// 503: the server holds as much of what others send as it may.
    pub fn crowded() -> Self {
        let detail = "The server is overloaded. No changes were made. Try again.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "crowded", "Overloaded", detail).retry_after(Duration::from_secs(2))
    }

    /// 408: the body came too slowly.
    pub fn too_slow() -> Self {
        let detail = "The request body arrived too slowly. No changes were made.";
        Self::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "The request was too slow", detail)
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(self, after: Duration) -> Self {
        self.with_header(header::RETRY_AFTER, seconds(after))
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Its status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }
}

/// Whole seconds, at least one.
pub(super) fn seconds(after: Duration) -> HeaderValue {
    HeaderValue::from(after.as_secs_f64().ceil().max(1.0) as u64)
}

impl From<&DataError> for Problem {
    fn from(error: &DataError) -> Self {
        match Outcome::from(error) {
            Outcome::NotFound => Self::not_found(),
            Outcome::Forbidden => Self::forbidden("The API key lacks the scope for this request."),
            Outcome::Invalid(fields) => Self::invalid(fields),
            Outcome::Refused(words) => Self::conflict(words),
            Outcome::Stale => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "changed-since",
                "The order has changed",
                "The order has changed since you read it. No changes were made. Get it again, then repeat the change.",
            ),
            Outcome::AtLimit(words) => Self::new(StatusCode::FORBIDDEN, "at-limit", "Plan limit reached", words),
            Outcome::Archived(words) => Self::new(StatusCode::GONE, "archived", "The order is archived", words),
            Outcome::Busy => {
                Self::conflict("Another change is in progress. Try again.").retry_after(Duration::from_secs(1))
            }
            Outcome::Unavailable => Self::unavailable(),
            Outcome::Internal(request_id) => Self::internal(&request_id),
        }
    }
}

impl From<DataError> for Problem {
    fn from(error: DataError) -> Self {
        Self::from(&error)
    }
}

impl From<FieldErrors> for Problem {
    fn from(fields: FieldErrors) -> Self {
        Self::invalid(fields)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let request_id = current::request_id();
        let body = Body {
            r#type: format!("urn:stoa:problem:{}", self.kind),
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            errors: &self.errors,
            request_id: &request_id,
        };
        let json = serde_json::to_vec(&body).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        (self.status, *self.headers, [(header::CONTENT_TYPE, kind)], json).into_response()
    }
}
