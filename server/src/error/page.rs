//! Errors for people: a page that says what happened and what to do next.

use std::time::Duration;

use app::pages::error::{self, Around, ErrorPage};
use axum::response::{Html, IntoResponse, Redirect, Response};
use db::DataError;
use domain::fields::FieldErrors;
use http::{StatusCode, header};

use super::Outcome;
use super::problem::seconds;
use crate::flash;
use crate::middleware::current;

/// Begins the flash message that says who asks for a second factor.
pub const ASKED_BY: &str = "for ";

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
    /// The cause is in the log under this number.
    Internal(String),
}

impl PageError {
    /// What the framework refused with `status` and `words`.
    pub fn rejected(status: StatusCode, words: &str) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::PAYLOAD_TOO_LARGE => {
                Self::Rejected(status, "It is larger than this page takes. Nothing was changed.".into())
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                Self::Rejected(status, "Go back and follow a link or use a button there.".into())
            }
            status => Self::Rejected(status, format!("Nothing was changed. {words}").trim().to_owned()),
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
    const fn keeps_frame(&self) -> bool {
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

    /// The page, within what surrounds it.
    pub fn html(&self, around: Around) -> String {
        let (title, words) = self.words();
        let page = ErrorPage {
            status: self.status().as_u16(),
            title: title.to_owned(),
            words,
            faults: if let Self::Invalid(fields) = self { fields.clone() } else { FieldErrors::default() },
            incident: if let Self::Internal(incident) = self { Some(incident.clone()) } else { None },
        };
        error::page(page, around).with_nonce(&current::nonce())
    }

    /// Heading and explanation.
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::SignedOut { .. } => ("Please sign in", String::new()),
            Self::SecondFactorNeeded { whose } => ("Set up a second factor", format!("{whose} asks for it.")),
            Self::NotFound => {
                ("This page does not exist", "It may have been moved, or the address may be mistyped.".into())
            }
            Self::Forbidden => {
                ("You may not see this", "Your role does not include it. Ask an owner of the account.".into())
            }
            Self::Suspended(reason) => {
                let reason = if reason.is_empty() { String::new() } else { app::ui::field::sentence(reason) };
                let rest = "Nothing of it is deleted now. Ask whoever runs the platform.";
                ("This account is suspended", format!("{reason} {rest}").trim().to_owned())
            }
            Self::CrossSite => {
                ("This came from another site", "Nothing was changed. Open the page here and try again.".into())
            }
            Self::Invalid(_) => {
                ("Something is missing or wrong", "Nothing was changed. Go back and repair this:".into())
            }
            Self::Refused(words) => ("This cannot be done now", words.clone()),
            Self::AtLimit(words) => ("The limit of the account is reached", app::ui::field::sentence(words)),
            Self::Archived(words) => ("This order is archived", words.clone()),
            Self::Busy => ("Somebody else is working on this", "Nothing was changed. Try again in a moment.".into()),
            Self::Rejected(StatusCode::PAYLOAD_TOO_LARGE, words) => ("This is too large", words.clone()),
            Self::Rejected(StatusCode::METHOD_NOT_ALLOWED, words) => ("This cannot be opened that way", words.clone()),
            Self::Rejected(_, words) => ("This cannot be read", words.clone()),
            Self::TooMany(_) => ("Too many attempts", "Wait a few minutes, then try again.".into()),
            Self::TimedOut => ("This took too long", "It was given up. Try again in a moment.".into()),
            Self::Crowded => ("The server is busy", "Nothing was changed. Try again in a moment.".into()),
            Self::TooSlow => {
                ("The connection is too slow", "It was given up, and nothing was changed. Try again.".into())
            }
            Self::Unavailable => ("Not available for the moment", "Nothing was changed. Try again in a moment.".into()),
            Self::Internal(_) => {
                ("Something went wrong here", "It has been recorded. Try again, or tell us this number:".into())
            }
        }
    }
}

impl From<&DataError> for PageError {
    fn from(error: &DataError) -> Self {
        match Outcome::from(error) {
            Outcome::NotFound => Self::NotFound,
            Outcome::Forbidden => Self::Forbidden,
            Outcome::Invalid(fields) => Self::Invalid(fields),
            Outcome::Refused(words) => Self::Refused(words),
            Outcome::AtLimit(words) => Self::AtLimit(words),
            Outcome::Archived(words) => Self::Archived(words),
            Outcome::Busy => Self::Busy,
            Outcome::Unavailable => Self::Unavailable,
            Outcome::Internal(incident) => Self::Internal(incident),
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
        let mut response = (self.status(), Html(self.html(Around::Nobody(current::theme())))).into_response();
        if self.keeps_frame() {
            response.extensions_mut().insert(self.clone());
        }
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
