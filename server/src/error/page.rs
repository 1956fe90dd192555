//! Errors for people: a page that says what happened and what to do next.

use std::time::Duration;

use app::pages::error::{self, Around, ErrorPage};
use axum::body::Body;
use axum::response::{IntoResponse, Redirect, Response};
use db::DataError;
use domain::fields::FieldErrors;
use http::{HeaderValue, StatusCode, header};

use super::Outcome;
use super::problem::seconds;
use crate::flash;
use crate::middleware::current;
use crate::pages::draw::draw;

/// Begins the flash message that says who asks for a second factor.
pub const ASKED_BY: &str = "for ";

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// Why a page cannot be shown.
#[derive(Clone, Debug)]
pub enum PageError {
    /// Nobody is signed in: to the sign-in page, and from there to `next`, a path of this server.
    SignedOut {
        /// Where they wanted to go.
        next: String,
    },
    /// They must sign in with a second factor here: to the page where it is set up.
    SecondFactorNeeded {
        /// Who wants it.
        whose: String,
    },
    /// It does not exist, or belongs to somebody else.
    NotFound,
    /// The role lacks the permission.
    Forbidden,
    /// The tenant is closed, for this reason; perhaps none is told.
    Suspended(String),
    /// The request came from another site, or from a browser that cannot say.
    CrossSite,
    /// The input has faults.
    Invalid(FieldErrors),
    /// The thing is not in the state for this; the words say why.
    Refused(String),
    /// The tier allows no more; the words say of what.
    AtLimit(String),
    /// It is in an archive; the words say since when and what to do.
    Archived(String),
    /// Somebody else is at it.
    Busy,
    /// The request cannot be taken as it is: status and words.
    Rejected(StatusCode, String),
    /// Too often; try again then.
    TooMany(Duration),
    /// It took too long.
    TimedOut,
    /// The server holds as much of what others send as it may.
    Crowded,
    /// What was sent came too slowly.
    TooSlow,
    /// The database is out of reach.
    Unavailable,
    /// The cause is in the log under this request ID.
    Internal(String),
}

impl PageError {
    /// What the framework refused with `status` and `words`.
    pub fn rejected(status: StatusCode, words: &str) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::Rejected(status, "It is larger than this page accepts. No changes were made.".into())
            }
            StatusCode::METHOD_NOT_ALLOWED => Self::Rejected(status, "Go back and use a link or button there.".into()),
            status => Self::Rejected(status, format!("No changes were made. {words}").trim().to_owned()),
        }
    }

    /// Its status.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::SignedOut { .. } | Self::SecondFactorNeeded { .. } => StatusCode::SEE_OTHER,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Suspended(_) | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused(_) | Self::AtLimit(_) | Self::Busy => StatusCode::CONFLICT,
            Self::Archived(_) => StatusCode::GONE,
            Self::Rejected(status, _) => *status,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TimedOut | Self::Crowded | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether the frame around whoever asked stays. Where the server itself has failed nothing more is asked of it, and what
    /// is refused before anybody was looked at is refused to all alike.
    pub const fn keeps_frame(&self) -> bool {
        match self {
            Self::NotFound
            | Self::Forbidden
            | Self::Suspended(_)
            | Self::Invalid(_)
            | Self::Refused(_)
            | Self::AtLimit(_)
            | Self::Archived(_)
            | Self::Busy
            | Self::TooMany(_) => true,
            Self::Rejected(status, _) => !matches!(*status, StatusCode::METHOD_NOT_ALLOWED),
            Self::SignedOut { .. }
            | Self::SecondFactorNeeded { .. }
            | Self::CrossSite
            | Self::TimedOut
            | Self::TooSlow
            | Self::Crowded
            | Self::Unavailable
            | Self::Internal(_) => false,
        }
    }

    /// Draws the page within what surrounds it.
    pub async fn draw(&self, around: Around) -> Body {
        let (title, words) = self.words();
        let page = ErrorPage {
            status: self.status().as_u16(),
            title: title.to_owned(),
            words,
            faults: if let Self::Invalid(fields) = self { fields.clone() } else { FieldErrors::default() },
            request_id: if let Self::Internal(request_id) = self { Some(request_id.clone()) } else { None },
        };
        let view = move || error::page(&page, &around).into_view();
        draw(self.status(), current::nonce(), Box::new(view)).await.into_body()
    }

    /// Heading and explanation.
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::SignedOut { .. } => ("Sign in", String::new()),
            Self::SecondFactorNeeded { whose } => ("Set up two-factor authentication", format!("{whose} requires it.")),
            Self::NotFound => ("Page not found", "It may have moved, or the URL may contain a mistake.".into()),
            Self::Forbidden => ("No access", "Your role does not include this. Ask an owner for access.".into()),
            Self::Suspended(reason) => {
                let reason = if reason.is_empty() { String::new() } else { app::ui::field::sentence(reason) };
                let rest = "No data was deleted. Contact your platform admin.";
                ("This tenant is suspended", format!("{reason} {rest}").trim().to_owned())
            }
            Self::CrossSite => (
                "Request blocked",
                "The request came from another site. No changes were made. Open the page here and \
                    try again."
                    .into(),
            ),
            Self::Invalid(_) => {
                ("Some values are missing or invalid", "No changes were made. Go back and correct these values:".into())
            }
            Self::Refused(words) => ("This action is not possible now", words.clone()),
            Self::AtLimit(words) => ("Plan limit reached", app::ui::field::sentence(words)),
            Self::Archived(words) => ("This order is archived", words.clone()),
            Self::Busy => ("Another change is in progress", "No changes were made. Try again in a moment.".into()),
            Self::Rejected(StatusCode::PAYLOAD_TOO_LARGE, words) => ("The request is too large", words.clone()),
            Self::Rejected(StatusCode::METHOD_NOT_ALLOWED, words) => {
                ("This page cannot be opened that way", words.clone())
            }
            Self::Rejected(_, words) => ("The request is invalid", words.clone()),
            Self::TooMany(_) => ("Too many attempts", "Wait a few minutes, then try again.".into()),
            Self::TimedOut => ("The request timed out", "Try again in a moment.".into()),
            Self::Crowded => ("The server is busy", "No changes were made. Try again in a moment.".into()),
            Self::TooSlow => ("The connection is too slow", "No changes were made. Try again.".into()),
            Self::Unavailable => ("Temporarily unavailable", "No changes were made. Try again in a moment.".into()),
            Self::Internal(_) => (
                "Something went wrong",
                "The error was logged. Try again. If it fails again, send this request ID to \
                    your platform admin:"
                    .into(),
            ),
        }
    }
}

const CHANGED: &str = "This was changed by someone else. No changes were made. Open it again, then repeat your change.";

impl From<&DataError> for PageError {
    fn from(error: &DataError) -> Self {
        match Outcome::from(error) {
            Outcome::NotFound => Self::NotFound,
            Outcome::Forbidden => Self::Forbidden,
            Outcome::Invalid(fields) => Self::Invalid(fields),
            Outcome::Refused(words) => Self::Refused(words),
            Outcome::Stale => Self::Refused(CHANGED.into()),
            Outcome::AtLimit(words) => Self::AtLimit(words),
            Outcome::Archived(words) => Self::Archived(words),
            Outcome::Busy => Self::Busy,
            Outcome::Unavailable => Self::Unavailable,
            Outcome::Internal(request_id) => Self::Internal(request_id),
        }
    }
}

impl From<DataError> for PageError {
    fn from(error: DataError) -> Self {
        Self::from(&error)
    }
}

impl From<FieldErrors> for PageError {
    fn from(fields: FieldErrors) -> Self {
        Self::Invalid(fields)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        if let Self::SignedOut { next } = &self {
            return Redirect::to(&crate::auth::next::sign_in_address(next)).into_response();
        }
        if let Self::SecondFactorNeeded { whose } = &self {
            return flash::redirect("/account/second-factor", format!("{ASKED_BY}{whose}"));
        }
        // The page itself is drawn around all handlers, where its frame is known (`middleware/error_frames.rs`).
        let mut response = (self.status(), [(header::CONTENT_TYPE, HTML)]).into_response();
        response.extensions_mut().insert(self.clone());
        let wait = match self {
            Self::TooMany(after) => Some(after),
            Self::Busy => Some(Duration::from_secs(1)),
            Self::Unavailable | Self::Crowded | Self::TimedOut => Some(Duration::from_secs(2)),
            _ => None,
        };
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, seconds(wait));
        }
        response
    }
}
