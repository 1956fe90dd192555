//! Somebody who signed in.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use chrono::{DateTime, Utc};
use db::Origin;
use db::people::{Membership, Person};
use domain::audit::Via;
use domain::ids::UserId;
use http::request::Parts;
use http::{HeaderMap, Method};
use tower_sessions::session::Id;

use super::visitors::{Impersonator, Visitors};
use crate::error::PageError;
use crate::middleware::current;
use crate::sessions::{Only, Sessions, session_id};

/// Somebody who signed in; everybody else is sent to the sign-in page.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who it is.
    pub person: Arc<Person>,
    /// In which tenants they have a role, by name.
    pub memberships: Arc<[Membership]>,
    /// Their session.
    pub session: Id,
    /// Who impersonates this person, if somebody does.
    pub impersonator: Option<Arc<Impersonator>>,
    /// Which tenant alone their session opens, where it does not open all of theirs.
    pub only: Option<Only>,
    /// When whoever signed in last showed who they are.
    pub proved_at: Option<DateTime<Utc>>,
}

impl SignedIn {
    /// Who is behind the cookie in `headers`, if anybody is.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn of(headers: &HeaderMap, sessions: &Sessions, visitors: &Visitors) -> Result<Option<Self>, PageError> {
        let Some(session) = session_id(headers, sessions.cookie()) else { return Ok(None) };
        let found = visitors.find(session).await?;
        Ok(found.map(|v| Self {
            person: Arc::clone(&v.person),
            memberships: Arc::clone(&v.memberships),
            session,
            impersonator: v.impersonator.clone(),
            only: v.only,
            proved_at: v.proved_at,
        }))
    }

    /// Whose doing it is, whatever this session does.
    pub fn actor(&self) -> UserId {
        self.impersonator.as_ref().map_or(self.person.id, |impersonator| impersonator.admin.id)
    }

    /// Where it comes from: what an admin of the platform does as somebody else is the platform's doing.
    pub fn origin(&self) -> Origin {
        Origin { via: self.impersonator.as_ref().map(|_| Via::Platform), ..current::origin() }
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    Sessions: FromRef<S>,
    Visitors: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let (sessions, visitors) = (Sessions::from_ref(state), Visitors::from_ref(state));
        let found = Self::of(&parts.headers, &sessions, &visitors).await?.ok_or_else(|| signed_out(parts))?;
        allow_impersonator(parts, &found)?;
        allow_only(parts, &found)?;
        Ok(found)
    }
}

impl<S> axum::extract::OptionalFromRequestParts<S> for SignedIn
where
    Sessions: FromRef<S>,
    Visitors: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, PageError> {
        Self::of(&parts.headers, &Sessions::from_ref(state), &Visitors::from_ref(state)).await
    }
}

// Whoever impersonates a member changes nothing without write access, and never touches the account itself.
fn allow_impersonator(parts: &Parts, found: &SignedIn) -> Result<(), PageError> {
    let Some(impersonator) = &found.impersonator else { return Ok(()) };
    let refused = |words: &str| Err(PageError::Refused(format!("You are viewing as {}. {words}", found.person.email)));
    if parts.uri.path().starts_with("/account") {
        return refused("You cannot open another user's account. Stop viewing to open your own.");
    }
    let is_write = !matches!(parts.method, Method::GET | Method::HEAD);
    if is_write && !impersonator.impersonation.has_write_access {
        return refused(
            "No changes were made, because changes are disabled. To make changes, select Enable changes at \
            the top of the page.",
        );
    }
    Ok(())
}

// With single sign-on, a provider speaks for its tenant. The account belongs to the person, who may have others with
// it.
fn allow_only(parts: &Parts, found: &SignedIn) -> Result<(), PageError> {
    let is_account = parts.uri.path().starts_with("/account");
    if found.only.is_none() || !is_account {
        return Ok(());
    }
    Err(PageError::Refused(format!(
        "You signed in with SSO, which does not open the account {}. Sign out, then sign in with your password.",
        found.person.email
    )))
}

// A form that was sent after the session ended cannot be sent again: back to the page it was on, as far as known.
fn signed_out(parts: &Parts) -> PageError {
    let next = if parts.method == Method::GET { parts.uri.path_and_query().map(|p| p.as_str()) } else { None };
    PageError::SignedOut { next: next.unwrap_or("/").to_owned() }
}
