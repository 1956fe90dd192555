//! How failures leave the server: as a page for people ([`PageError`]) or as `application/problem+json` for
//! programs ([`Problem`]). The one boundary where errors of `db` become status codes, and where causes are logged.

mod page;
mod problem;

pub use page::{ASKED_BY, PageError};
pub use problem::Problem;

use db::DataError;

use crate::middleware::current;

/// Logs what people should not see, and gives the number under which it can be found.
pub fn incident(cause: &DataError) -> String {
    let number = incident_number();
    tracing::error!(incident = %number, request_id = %current::request_id(), error = %cause, "internal error");
    number
}

/// The number of an incident: short enough to be read out, long enough to be found.
pub fn incident_number() -> String {
    let mut bytes = [0_u8; 5];
    // Without randomness there are no sessions either; the number then only finds nothing.
    let _random = getrandom::fill(&mut bytes);
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// What a data error comes to, for pages and programs alike.
enum Outcome {
    NotFound,
    Forbidden,
    Invalid(domain::fields::FieldErrors),
    Refused(String),
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
            error => Self::Internal(incident(error)),
        }
    }
}
