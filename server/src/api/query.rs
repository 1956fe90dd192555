//! Query strings as pairs, each name at most once.

use axum::extract::{FromRequestParts, Query};
use domain::fields::FieldErrors;
use http::request::Parts;

use crate::error::Problem;
use crate::input;

/// Most pairs; the longest list of filters has a tenth of them.
const MOST: usize = 200;

/// The pairs of a query string in their order; empty values are included.
#[derive(Clone, Debug, Default)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// The pairs, borrowed.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Pairs {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|_| FieldErrors::one("query", "Use name=value pairs joined by &."))?;
        if pairs.len() > MOST {
            return Err(FieldErrors::one("query", format!("Use at most {MOST} parameters.")).into());
        }
        let mut errors = FieldErrors::default();
        for (name, words) in parts.uri.query().unwrap_or_default().split('&').filter_map(input::address::fault) {
            errors.add(name, words);
        }
        for (i, (name, _)) in pairs.iter().enumerate() {
            errors.add_if(pairs[..i].iter().any(|(other, _)| other == name), name, "This parameter is set twice.");
        }
        errors.into_result(Self(pairs)).map_err(Problem::from)
    }
}
