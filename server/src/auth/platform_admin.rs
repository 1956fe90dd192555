//! Somebody who runs the installation.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use db::Db;
use db::people::Person;
use db::platform::Platform;
use http::request::Parts;

use super::visitors::Visitors;
use super::{SignedIn, needs};
use crate::config::Config;
use crate::error::PageError;
use crate::middleware::current;
use crate::sessions::Sessions;

/// A platform admin who signed in. For everybody else the pages of the platform do not exist.
#[derive(Clone)]
pub struct PlatformAdmin {
    /// Who it is.
    pub person: Arc<Person>,
    /// The platform itself.
    pub platform: Platform,
}

impl<S> FromRequestParts<S> for PlatformAdmin
where
    Arc<Config>: FromRef<S>,
    Db: FromRef<S>,
    Sessions: FromRef<S>,
    Visitors: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        if let Some(admin) = needs::kept(parts) {
            return Ok(admin);
        }
        let SignedIn { person, .. } = SignedIn::from_request_parts(parts, state).await?;
        let platform = Platform::for_person(Db::from_ref(state), &person, current::origin())?;
        // The demo's admin has a password that everybody knows: a second factor would protect nothing.
        if !person.has_second_factor && !Arc::<Config>::from_ref(state).demo {
            return Err(PageError::SecondFactorNeeded { whose: "The platform".to_owned() });
        }
        Ok(Self { person, platform })
    }
}
