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
pub const NO_SUCH_STORE: &str = "is not the slug of a store that this key can see";

/// An error (RFC 9457), sent as `application/problem+json`.
#[derive(ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "urn:stoa:problem:invalid", "title": "The request has faults", "status": 422,
    "detail": "1 field is faulty; nothing was changed",
    "errors": [{"field": "items[0].quantity", "message": "must be above zero on a sale"}],
    "request_id": "0199d0c26f0e7cc398c4dc0c0c07398f",
}))]
pub struct ProblemBody {
    /// A name of the kind of problem that never changes.
    pub r#type: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time.
    pub detail: String,
    /// One entry per faulty field.
    #[schema(required = false)]
    pub errors: Vec<FaultBody>,
    /// The value of `X-Request-Id`.
    pub request_id: String,
}

/// One fault of an input.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, ToSchema)]
#[schema(as = FieldError)]
pub struct FaultBody {
    /// Path of the field as its author wrote it: `items[0].quantity`, a parameter or a header.
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
    let detail = format!("Send the body as plain UTF-8 with 'Content-Type: application/json'; this one has {found}.");
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The body must be JSON", detail)
}

/// The first request with this key is not answered yet.
pub fn still_running() -> Problem {
    let detail = "The first request with this Idempotency-Key still runs; ask again for its answer.";
    Problem::new(StatusCode::CONFLICT, "still-running", "The same request still runs", detail)
        .retry_after(Duration::from_secs(1))
}

/// The key was used for something else.
pub fn key_of_another_request() -> Problem {
    FieldErrors::one("Idempotency-Key", "was used for another request; take a new key for a new request").into()
}

/// The order's number is taken.
pub fn number_taken(number: &str) -> Problem {
    let detail = format!("The number {number} is taken by another order of this store; nothing was stored.");
    Problem::new(StatusCode::CONFLICT, "number-taken", "The number is taken", detail)
}

/// The key's tenant is closed.
pub fn suspended(reason: &str) -> Problem {
    let detail = match reason {
        "" => {
            "The account of this key is suspended. Nothing of it is deleted; ask whoever runs the platform.".to_owned()
        }
        reason => format!("The account of this key is suspended: {reason}"),
    };
    Problem::new(StatusCode::FORBIDDEN, "suspended", "The account is suspended", detail)
}

/// The key's tenant has a tier without the API.
pub fn not_included(tier: &str) -> Problem {
    let detail = format!("The tier {tier} does not include the API. What is stored stays; ask for another tier.");
    Problem::new(StatusCode::FORBIDDEN, "not-included", "The tier does not include the API", detail)
}

/// Above a rate.
pub fn too_many(verdict: &Verdict, whose: &str) -> Problem {
    let detail = format!(
        "{} allowed for {whose}; try again when Retry-After says. Nothing was changed.",
        match verdict.rate.requests() {
            1 => "1 request a minute is".to_owned(),
            n => format!("{n} requests a minute are"),
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
            ("400", "The request cannot be read"),
            ("401", "The key is missing, wrong or revoked"),
            ("403", "The key lacks the scope, or its account is suspended"),
            ("422", "Faults, one entry each; nothing was changed"),
            ("429", "Above the rate that `RateLimit-Policy` names; `Retry-After` says when to try again"),
            (
                "503",
                "Out of reach or overloaded for the moment; nothing was changed; `Retry-After` says when to try again",
            ),
        ])
    }
}

/// The problem of an address under which the key can see nothing.
pub struct Absent;

impl IntoResponses for Absent {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            ("404", "Absent, somebody else's, or no id at all: all alike"),
            ("410", "The order is archived; it still counts in every figure"),
        ])
    }
}

/// The problems of operations that take a body.
pub struct BodyRefusals;

impl IntoResponses for BodyRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            ("400", "The body is not JSON; line and column are named"),
            (
                "409",
                "The first request with this `Idempotency-Key` still runs (`Retry-After`), or the number is taken by another order",
            ),
            ("413", "The body is too large"),
            ("415", "The body is not sent as JSON"),
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
