//! The API's own refusals, each in one place, and how the OpenAPI document describes them all.

use std::collections::BTreeMap;
use std::time::Duration;

use db::DataError;
use domain::fields::{FieldError, FieldErrors};
use domain::json::NotJson;
use domain::limits::Verdict;
use http::StatusCode;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::error::Problem;

/// What is said of a store that the key cannot see, whether it exists or not.
pub const NO_SUCH_STORE: &str = "There is no store with this slug, or this key cannot access it.";

/// An error (RFC 9457), sent as `application/problem+json`.
#[derive(ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "urn:stoa:problem:invalid", "title": "The request has invalid fields", "status": 422,
    "detail": "1 field is invalid. No changes were made.",
    "errors": [{"field": "items[0].quantity", "message": "Use more than 0 for a sale."}],
    "request_id": "0199d0c26f0e7cc398c4dc0c0c07398f",
}))]
pub struct ProblemBody {
    /// The kind of problem. It never changes.
    pub r#type: String,
    /// The kind as text.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened in this request.
    pub detail: String,
    /// One entry per invalid field.
    #[schema(required = false)]
    pub errors: Vec<FaultBody>,
    /// The value of `X-Request-Id`.
    pub request_id: String,
}

/// One invalid field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, ToSchema)]
#[schema(as = FieldError)]
pub struct FaultBody {
    /// Path of the field as you sent it, such as `items[0].quantity`, or the name of a parameter or header.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

impl From<FieldError> for FaultBody {
    fn from(error: FieldError) -> Self {
        Self { field: error.field, message: error.message }
    }
}

/// The body is no JSON.
pub fn not_json(fault: &NotJson) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "not-json", "The body is not JSON", fault.to_string())
}

/// The body is not declared as JSON, or is compressed.
pub fn unsupported_media_type(found: &str) -> Problem {
    let detail = format!("Send the body as UTF-8 with 'Content-Type: application/json'. This request has {found}.");
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body must be JSON", detail)
}

/// The first request with this key is not answered yet.
pub fn still_running() -> Problem {
    let detail = "The first request with this Idempotency-Key is still running. Repeat the request to get its \
        response.";
    Problem::new(StatusCode::CONFLICT, "still-running", "The first request is still running", detail)
        .retry_after(Duration::from_secs(1))
}

/// The key was used for something else.
pub fn key_of_another_request() -> Problem {
    FieldErrors::one("Idempotency-Key", "This key was used for another request. Use a new key.").into()
}

/// The order's number is taken.
pub fn number_taken(number: &str) -> Problem {
    let detail = format!("Another order of this store has the number {number}. No changes were made.");
    Problem::new(StatusCode::CONFLICT, "number-taken", "The order number is taken", detail)
}

/// The key's tenant is closed.
pub fn suspended(reason: &str) -> Problem {
    let detail = match reason {
        "" => "The tenant of this API key is suspended. No data was deleted. Contact your platform admin.".to_owned(),
        reason => format!("The tenant of this API key is suspended: {reason}"),
    };
    Problem::new(StatusCode::FORBIDDEN, "suspended", "The tenant is suspended", detail)
}

/// The key's tenant has a tier without the API.
pub fn not_included(tier: &str) -> Problem {
    let detail = format!("Your plan {tier} does not include API access. Ask your platform admin for another plan.");
    Problem::new(StatusCode::FORBIDDEN, "not-included", "The plan does not include API access", detail)
}

/// Above a rate.
pub fn too_many(verdict: &Verdict, whose: &str) -> Problem {
    let detail = format!(
        "{} allowed for {whose}. No changes were made. Wait for the time in Retry-After, then try again.",
        match verdict.rate.requests() {
            1 => "1 request per minute is".to_owned(),
            n => format!("{n} requests per minute are"),
        }
    );
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests", detail)
        .retry_after(verdict.wait)
}

/// An unknown store as the fault of the field or parameter that named it.
pub fn unknown_store(error: DataError) -> Problem {
    match error {
        DataError::NotFound("store") => FieldErrors::one("store", NO_SUCH_STORE).into(),
        other => other.into(),
    }
}

/// The problems that every operation may answer with.
pub struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            ("400", "The request is invalid"),
            ("401", "The API key is missing, invalid or revoked"),
            ("403", "The API key lacks the scope, or its tenant is suspended"),
            ("422", "Invalid fields, one entry each. No changes were made."),
            ("429", "Over the rate limit in `RateLimit-Policy`. Retry after the time in `Retry-After`."),
            (
                "503",
                "Temporarily unavailable or overloaded. No changes were made. Retry after the time in `Retry-After`.",
            ),
        ])
    }
}

/// The problem of an address under which the key can see nothing.
pub struct Absent;

impl IntoResponses for Absent {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            ("404", "Does not exist, belongs to another tenant, or is not a valid ID"),
            ("410", "The order is archived. It still counts in all figures."),
        ])
    }
}

/// The problem of a change that was made for another version.
pub struct StaleRefusal;

impl IntoResponses for StaleRefusal {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[("412", "The order has changed since you read it. Get it again, then repeat the change.")])
    }
}

/// The problems of operations that take a body.
pub struct BodyRefusals;

impl IntoResponses for BodyRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            ("400", "The body is not JSON. The detail has line and column."),
            (
                "409",
                "The first request with this `Idempotency-Key` is still running (see `Retry-After`), or another order \
                 has the number",
            ),
            ("413", "The body is too large"),
            ("415", "The content type is not JSON"),
        ])
    }
}

fn problems(which: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let schema = || Some(Ref::from_schema_name("Problem"));
    let answer = |words: &str| {
        let content = ContentBuilder::new().schema(schema()).build();
        let answer = ResponseBuilder::new().description(words).content("application/problem+json", content);
        if !words.contains("`Retry-After`") {
            return answer.build();
        }
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).build();
        let header = HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds, at least 1")).build();
        answer.header("Retry-After", header).build()
    };
    which.iter().map(|(status, words)| ((*status).to_owned(), RefOr::T(answer(words)))).collect()
}
