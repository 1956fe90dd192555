//! A member of the tenant in the address.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts, RawPathParams};
use db::people::{Membership, Person};
use db::{Access, Db, Scope};
use domain::permission::Permission;
use http::request::Parts;

use super::visitors::{Impersonator, Visitors};
use super::{SignedIn, needs};
use crate::error::PageError;
use crate::sessions::{Only, Sessions};

/// A member of the tenant that `{tenant}` in the address names. To everybody else that tenant looks exactly like
/// one that does not exist. Members of a suspended one are told so.
#[derive(Clone)]
pub struct Member {
    /// Who it is.
    pub person: Arc<Person>,
    /// Their role in this tenant.
    pub membership: Membership,
    /// What they may do here.
    pub access: Access,
    /// All their tenants, by name.
    pub memberships: Arc<[Membership]>,
    /// Who impersonates this person, if somebody does.
    pub impersonator: Option<Arc<Impersonator>>,
    /// Which tenant alone the session opens, where it does not open all of theirs.
    pub only: Option<Only>,
}

impl Member {
    /// The tenant's data, for something that needs `permission`.
    ///
    /// # Errors
    /// [`PageError::Forbidden`] when the role lacks it.
    pub fn scope(&self, permission: Permission) -> Result<Scope, PageError> {
        self.access.scope(permission).map_err(|_| PageError::Forbidden)
    }

    /// Whether the role includes `permission`: for leaving out buttons, never instead of [`Member::scope`].
    pub fn may(&self, permission: Permission) -> bool {
        self.access.allows(permission)
    }
}

impl<S> FromRequestParts<S> for Member
where
    Db: FromRef<S>,
    Sessions: FromRef<S>,
    Visitors: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        if let Some(member) = needs::kept(parts) {
            return Ok(member);
        }
        let signed_in = SignedIn::from_request_parts(parts, state).await?;
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| PageError::NotFound)?;
        let slug = params.iter().find(|(name, _)| *name == "tenant").map(|(_, slug)| slug);
        Self::of(&Db::from_ref(state), signed_in, slug.unwrap_or_default())
    }
}

impl Member {
    /// Whoever is signed in, as a member of the tenant called `slug`.
    ///
    /// # Errors
    /// When they are none, the tenant is suspended, or it asks for a second factor that they lack.
    pub fn of(db: &Db, signed_in: SignedIn, slug: &str) -> Result<Self, PageError> {
        let membership = signed_in.memberships.iter().find(|m| m.slug == slug);
        let membership = membership.ok_or(PageError::NotFound)?.clone();
        if let Some(reason) = membership.suspended {
            return Err(PageError::Suspended(reason));
        }
        // Whom the tenant's own provider vouches for, it asks for what it likes.
        let is_vouched_for = signed_in.impersonator.is_some() || signed_in.only.is_some();
        if membership.needs_second_factor && !signed_in.person.has_second_factor && !is_vouched_for {
            return Err(PageError::SecondFactorNeeded { whose: membership.name });
        }
        let access = db::people::access_as(db, signed_in.actor(), &membership);
        Ok(Self {
            access: access.with_origin(signed_in.origin()),
            membership,
            person: signed_in.person,
            memberships: signed_in.memberships,
            impersonator: signed_in.impersonator,
            only: signed_in.only,
        })
    }
}
