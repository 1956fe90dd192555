//! What a route needs of whoever asks, and the check of it.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use domain::permission::{KeyScope, Permission};
use http::request::Parts;
use subtle::ConstantTimeEq;

use super::key::bearer;
use super::{KeyAccess, Member, PlatformAdmin, SignedIn};
use crate::error::PageError;
use crate::middleware::address;
use crate::state::AppState;

/// What a route needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: everybody may ask.
    Nothing,
    /// A living session. Strangers are sent to the sign-in page.
    SignedIn,
    /// A role in the tenant of the path that includes this. To people without any role there the tenant does not exist.
    Member(Permission),
    /// A platform admin. To everybody else the page does not exist.
    PlatformAdmin,
    /// A living API key with this scope.
    Key(KeyScope),
    /// A program on this machine, or one with the token for metrics. For everybody else there is nothing.
    Monitor,
}

impl Needs {
    /// Lets the request through or says how it is refused. Whoever was found waits in the request for the handler,
    /// which need not look again.
    ///
    /// # Errors
    /// The refusal.
    pub async fn check(self, parts: &mut Parts, state: &AppState) -> Result<(), Box<Response>> {
        match self {
            Self::Nothing => Ok(()),
            Self::SignedIn => found::<SignedIn>(parts, state).await.map(drop),
            Self::PlatformAdmin => {
                let admin = found::<PlatformAdmin>(parts, state).await?;
                keep(parts, admin);
                Ok(())
            }
            Self::Member(permission) => {
                let member = found::<Member>(parts, state).await?;
                member.scope(permission).map_err(refused)?;
                keep(parts, member);
                Ok(())
            }
            Self::Key(scope) => {
                let key = found::<KeyAccess>(parts, state).await?;
                key.scope(scope.permission()).map_err(refused)?;
                keep(parts, key);
                Ok(())
            }
            Self::Monitor => match monitors(parts, state) {
                true => Ok(()),
                false => Err(refused(PageError::NotFound)),
            },
        }
    }
}

/// Whoever the check of the route has found already.
pub(super) fn kept<T: Clone + Send + Sync + 'static>(parts: &mut Parts) -> Option<T> {
    parts.extensions.remove::<Kept<T>>().map(|Kept(found)| found)
}

// Private, so that nothing but the check can vouch for somebody.
#[derive(Clone)]
struct Kept<T>(T);

fn keep<T: Clone + Send + Sync + 'static>(parts: &mut Parts, found: T) {
    parts.extensions.insert(Kept(found));
}

async fn found<T: FromRequestParts<AppState>>(parts: &mut Parts, state: &AppState) -> Result<T, Box<Response>> {
    T::from_request_parts(parts, state).await.map_err(refused)
}

fn refused(refusal: impl IntoResponse) -> Box<Response> {
    Box::new(refusal.into_response())
}

fn monitors(parts: &Parts, state: &AppState) -> bool {
    let token = state.config.http.metrics_token.as_deref();
    let knows =
        |token: &str| bearer(&parts.headers).is_some_and(|given| token.as_bytes().ct_eq(given.as_bytes()).into());
    token.is_some_and(knows) || address::is_local(parts)
}
