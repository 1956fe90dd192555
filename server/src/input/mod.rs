//! What requests bring: how much of it is kept in memory, how fast it must come, and what may be in it. Every handler's
//! input passes here before the handler sees it (`crate::routes`), so none can forget to look.

pub mod address;
pub mod budget;
pub mod form;
pub mod multipart;
pub mod pace;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::auth::Needs;
use crate::error::{PageError, Problem};
use crate::middleware::request_log::is_api;
use budget::{Budget, Held};

/// Why a request is turned away before its handler.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// It names what cannot exist.
    NotFound,
    /// It cannot be read.
    Unreadable(String),
    /// A field holds what no field may.
    Field(String, &'static str),
    /// It is larger than this address takes.
    TooLarge,
    /// The process holds as much as it may.
    Crowded,
}

/// Looks at what the request says before its handler does; what it takes of the budget is given back with [`Held`].
///
/// # Errors
/// The refusal, as a page or a problem.
pub async fn admit(request: Request, needs: Needs, bodies: &Budget) -> Result<(Request, Held), Box<Response>> {
    let api = is_api(request.uri().path());
    match look(request, needs, bodies, api).await {
        Ok(admitted) => Ok(admitted),
        Err(refusal) if api => Err(Box::new(refusal.into_problem().into_response())),
        Err(refusal) => Err(Box::new(refusal.into_page().into_response())),
    }
}

async fn look(request: Request, needs: Needs, bodies: &Budget, api: bool) -> Result<(Request, Held), Refusal> {
    let (mut parts, body) = request.into_parts();
    address::check_path(&mut parts).await?;
    // Programs are told which parameter it is: `api::query`.
    if !api {
        address::check_query(parts.uri.query())?;
    }
    let request = Request::from_parts(parts, body);
    if form::is_one(request.headers()) {
        return form::admit(request, needs, bodies).await;
    }
    Ok((request, bodies.hold()))
}

impl Refusal {
    fn into_page(self) -> PageError {
        match self {
            Self::NotFound => PageError::NotFound,
            Self::Unreadable(words) => PageError::rejected(StatusCode::BAD_REQUEST, &words),
            Self::Field(name, words) => PageError::Invalid(domain::fields::FieldErrors::one(name, words)),
            Self::TooLarge => PageError::rejected(StatusCode::PAYLOAD_TOO_LARGE, ""),
            Self::Crowded => PageError::Crowded,
        }
    }

    fn into_problem(self) -> Problem {
        match self {
            Self::NotFound => Problem::not_found(),
            Self::Unreadable(words) => Problem::bad_request(words),
            Self::Field(name, words) => Problem::invalid(domain::fields::FieldErrors::one(name, words)),
            Self::TooLarge => Problem::too_large("The request body is larger than this URL accepts."),
            Self::Crowded => Problem::crowded(),
        }
    }
}
