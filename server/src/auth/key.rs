//! A program with an API key.

use axum::extract::{FromRef, FromRequestParts};
use db::{Access, Scope};
use domain::permission::{KeyScope, Permission};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::keys::Keys;
use super::needs;
use crate::api::problems;
use crate::error::Problem;
use crate::middleware::current;

/// The bearer of a living API key; everybody else gets 401, and that of a suspended tenant 403.
#[derive(Clone)]
pub struct KeyAccess {
    /// What the key may do.
    pub access: Access,
}

impl KeyAccess {
    /// The tenant's data, for something that needs `permission`.
    ///
    /// # Errors
    /// 403 that names the missing scope.
    pub fn scope(&self, permission: Permission) -> Result<Scope, Problem> {
        self.access.scope(permission).map_err(|_| {
            let missing =
                KeyScope::ALL.into_iter().find(|s| s.permission() == permission).map_or("another", KeyScope::as_str);
            Problem::forbidden(format!("Use an API key with the scope {missing}."))
        })
    }
}

impl<S> FromRequestParts<S> for KeyAccess
where
    Keys: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if let Some(key) = needs::kept(parts) {
            return Ok(key);
        }
        let key = bearer(&parts.headers).ok_or_else(Problem::unauthorized)?;
        let bearer = Keys::from_ref(state).find(key).await?.ok_or_else(Problem::unauthorized)?;
        if let Some(reason) = &bearer.suspended {
            return Err(problems::suspended(reason));
        }
        Ok(Self { access: bearer.access.with_origin(current::origin()) })
    }
}

/// The token of `Authorization: Bearer`.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
