//! How failures leave the server: as a page for people ([`PageError`]) or as `application/problem+json` for
//! programs ([`Problem`]). The one boundary where errors of `db` become status codes, and where causes are logged.

mod page;
mod problem;

pub use page::{ASKED_BY, PageError};
pub use problem::Problem;

use db::DataError;

use crate::middleware::current;

/// Logs a cause that users should not see. Gives the request ID, by which an operator finds the cause in the log.
pub fn logged(cause: &DataError) -> String {
    let request_id = current::request_id();
    tracing::error!(%request_id, error = %cause, "internal error");
    request_id.to_string()
}

/// What a data error comes to, for pages and programs alike.
enum Outcome {
    NotFound,
    Forbidden,
    Invalid(domain::fields::FieldErrors),
    Refused(String),
    Stale,
    AtLimit(String),
    Archived(String),
    Busy,
    Unavailable,
    Internal(String),
}

impl From<&DataError> for Outcome {
    fn from(error: &DataError) -> Self {
        match error {
            DataError::NotFound(_) => Self::NotFound,
            DataError::Forbidden => Self::Forbidden,
            DataError::Invalid(fields) => Self::Invalid(fields.clone()),
            DataError::Refused(words) => Self::Refused(words.clone()),
            DataError::Stale => Self::Stale,
            DataError::AtLimit(reached) => Self::AtLimit(reached.to_string()),
            DataError::Archived(words) => Self::Archived(words.clone()),
            DataError::Busy => Self::Busy,
            error if let Some(faults) = error.unstorable() => {
                tracing::warn!(request_id = %current::request_id(), %error, "an input got as far as the database");
                Self::Invalid(faults)
            }
            error if error.is_outage() => {
                tracing::warn!(request_id = %current::request_id(), %error, "the database is out of reach");
                Self::Unavailable
            }
            error => Self::Internal(logged(error)),
        }
    }
}
