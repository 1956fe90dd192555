//! Somebody who runs the installation.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use db::people::Person;
use db::platform::Platform;
use http::request::Parts;

use super::{SignedIn, needs};
use crate::error::PageError;
use crate::middleware::current;
use crate::state::AppState;

/// A platform admin who signed in. For everybody else the pages of the platform do not exist.
#[derive(Clone)]
pub struct PlatformAdmin {
    /// Who it is.
    pub person: Arc<Person>,
    /// The platform itself.
    pub platform: Platform,
}

impl FromRequestParts<AppState> for PlatformAdmin {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, PageError> {
        if let Some(admin) = needs::kept(parts) {
            return Ok(admin);
        }
        let SignedIn { person, .. } = SignedIn::from_request_parts(parts, state).await?;
        let platform = Platform::for_person(state.db.clone(), &person, current::origin())?;
        // The demo's admin has a password that everybody knows: a second factor would protect nothing.
        if !person.has_second_factor && !state.config.demo {
            return Err(PageError::SecondFactorNeeded { whose: "The platform".to_owned() });
        }
        Ok(Self { person, platform })
    }
}
