//! What a route needs of whoever asks, and the check of it.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::response::{IntoResponse, Response};
use db::Actor;
use db::audit::Attempt;
use domain::permission::{KeyScope, Permission};
use http::request::Parts;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use super::key::bearer;
use super::{KeyAccess, Member, PlatformAdmin, SignedIn};
use crate::error::{PageError, Problem};
use crate::middleware::{address, redact};
use crate::state::AppState;

/// What a route needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: everybody may ask.
    Nothing,
    /// A living session. Strangers are sent to the sign-in page.
    SignedIn,
    /// A role in the tenant of the path, whatever it includes. To people without any the tenant does not exist.
    Membership,
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
            Self::SignedIn => match found::<SignedIn>(parts, state).await {
                Ok(_) => Ok(()),
                Err(refusal) => Err(self.unknown(refusal, parts, state).await),
            },
            Self::PlatformAdmin => self.platform_admin(parts, state).await,
            Self::Membership => self.member(None, parts, state).await,
            Self::Member(permission) => self.member(Some(permission), parts, state).await,
            Self::Key(scope) => self.key(scope, parts, state).await,
            Self::Monitor => match monitors(parts, state) {
                true => Ok(()),
                false => Err(refused(PageError::NotFound)),
            },
        }
    }

    async fn platform_admin(self, parts: &mut Parts, state: &AppState) -> Result<(), Box<Response>> {
        let admin = match found::<PlatformAdmin>(parts, state).await {
            Ok(admin) => admin,
            Err(refusal) => return Err(self.unknown(refusal, parts, state).await),
        };
        is_text(parts, state).await.map_err(|()| refused(PageError::NotFound))?;
        keep(parts, admin);
        Ok(())
    }

    async fn member(
        self,
        permission: Option<Permission>,
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<(), Box<Response>> {
        let member = match found::<Member>(parts, state).await {
            Ok(member) => member,
            Err(refusal) => return Err(self.unknown(refusal, parts, state).await),
        };
        if let Some(permission) = permission
            && let Err(refusal) = member.scope(permission)
        {
            state.refusals.of_access(&member.access, &asked(parts), self.details());
            return Err(refused(refusal));
        }
        keep(parts, member);
        Ok(())
    }

    async fn key(self, scope: KeyScope, parts: &mut Parts, state: &AppState) -> Result<(), Box<Response>> {
        let key = found::<KeyAccess>(parts, state).await.map_err(refused)?;
        if let Err(refusal) = key.scope(scope.permission()) {
            state.refusals.of_access(&key.access, &asked(parts), self.details());
            return Err(refused(refusal));
        }
        is_text(parts, state).await.map_err(|()| refused(Problem::not_found()))?;
        keep(parts, key);
        Ok(())
    }

    // Somebody who signed in asked for what does not exist for them, or impersonates a member and wanted to change
    // something: the installation records who and what, and so does the member's tenant.
    async fn unknown(self, refusal: PageError, parts: &mut Parts, state: &AppState) -> Box<Response> {
        if matches!(refusal, PageError::NotFound | PageError::Refused(_))
            && let Ok(Some(signed_in)) = Option::<SignedIn>::from_request_parts(parts, state).await
        {
            let (actor, subject) = (Actor::User(signed_in.actor()), asked(parts));
            if let Some(tenant) = signed_in.memberships.first().filter(|_| signed_in.impersonator.is_some()) {
                let access = db::people::access_as(&state.db, signed_in.actor(), tenant);
                state.refusals.of_access(&access.with_origin(signed_in.origin()), &subject, self.details());
            }
            let (details, origin) = (self.details(), signed_in.origin());
            let attempt = Attempt { actor, action: "access.refuse", subject, details, origin };
            state.refusals.of_person(&state.db, None, attempt);
        }
        refused(refusal)
    }

    fn details(self) -> Value {
        let needs = match self {
            Self::Nothing | Self::Monitor => "nothing".to_owned(),
            Self::SignedIn => "a signed-in account".to_owned(),
            Self::Membership => "a role".to_owned(),
            Self::Member(permission) => permission.as_str().to_owned(),
            Self::PlatformAdmin => "a platform admin".to_owned(),
            Self::Key(scope) => scope.as_str().to_owned(),
        };
        json!({"needs": needs})
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

async fn found<T: FromRequestParts<AppState>>(parts: &mut Parts, state: &AppState) -> Result<T, T::Rejection> {
    T::from_request_parts(parts, state).await
}

// Without the query: it may hold what was searched for.
fn asked(parts: &Parts) -> String {
    let path: String = redact::path(parts.extensions.get(), parts.uri.path()).chars().take(300).collect();
    format!("{} {path}", parts.method)
}

fn refused(refusal: impl IntoResponse) -> Box<Response> {
    Box::new(refusal.into_response())
}

// What names nothing because its bytes are no text is looked for in vain like every other name.
async fn is_text(parts: &mut Parts, state: &AppState) -> Result<(), ()> {
    RawPathParams::from_request_parts(parts, state).await.map(drop).map_err(drop)
}

fn monitors(parts: &Parts, state: &AppState) -> bool {
    let token = state.config.http.metrics_token.as_deref();
    let knows =
        |token: &str| bearer(&parts.headers).is_some_and(|given| token.as_bytes().ct_eq(given.as_bytes()).into());
    token.is_some_and(knows) || address::is_local(parts)
}
