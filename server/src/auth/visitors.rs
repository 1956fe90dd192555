//! Who is behind a session, remembered for less than a second: a busy dashboard then costs neither Redis nor
//! PostgreSQL a round trip. Longer would let a revoked session or a lost role live on.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use db::impersonation::Impersonation;
use db::people::{Membership, Person};
use db::{DataError, Db};
use domain::ids::UserId;
use tower_sessions::session::Id;

use crate::error::PageError;
use crate::sessions::{Only, Sessions};

/// For how long: with what a request takes, safely within the second that revocation is promised to take.
pub(super) const REMEMBERED: Duration = Duration::from_millis(750);

/// Somebody behind a session.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who it is; the member, where a platform admin impersonates one.
    pub person: Arc<Person>,
    /// Their tenants, by name; during an impersonation its one.
    pub memberships: Arc<[Membership]>,
    /// Who impersonates the person, if somebody does.
    pub impersonator: Option<Arc<Impersonator>>,
    /// Which tenant alone this session opens, and through which provider it began.
    pub only: Option<Only>,
    /// When whoever signed in last showed who they are.
    pub proved_at: Option<DateTime<Utc>>,
}

/// A platform admin who impersonates one of a tenant's members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impersonator {
    /// The admin.
    pub admin: Person,
    /// As whom, why and for how long.
    pub impersonation: Impersonation,
}

/// Visitors by session; `None` for sessions that are over. Cheap to clone.
#[derive(Clone)]
pub struct Visitors {
    db: Db,
    sessions: Sessions,
    known: moka::future::Cache<Id, Option<Arc<Visitor>>>,
}

impl Visitors {
    /// Nobody is remembered yet; who is asked for is read from `sessions` and `db`.
    pub fn new(db: Db, sessions: Sessions) -> Self {
        let known = moka::future::Cache::builder().max_capacity(50_000).time_to_live(REMEMBERED).build();
        Self { db, sessions, known }
    }

    /// Who is behind `session`, if it lives. Asked at most once at a time.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn find(&self, session: Id) -> Result<Option<Arc<Visitor>>, PageError> {
        if let Some(found) = self.known.get(&session).await {
            return Ok(found);
        }
        // Boxed when it is needed: most of the time it is not, and then it would only be moved about.
        let loading = Box::pin(self.known.try_get_with(session, load(&self.db, &self.sessions, session)));
        loading.await.map_err(|e| PageError::from(e.as_ref()))
    }

    /// Forgets a session that was ended.
    pub async fn forget(&self, session: Id) {
        self.known.invalidate(&session).await;
    }

    /// Forgets all sessions of a person.
    pub async fn forget_person(&self, person: UserId) {
        let is_theirs =
            |v: &Arc<Visitor>| v.person.id == person || v.impersonator.as_ref().is_some_and(|i| i.admin.id == person);
        let theirs = |visitor: &Option<Arc<Visitor>>| visitor.as_ref().is_some_and(is_theirs);
        let sessions: Vec<Id> = self.known.iter().filter(|(_, v)| theirs(v)).map(|(id, _)| *id).collect();
        for session in sessions {
            self.forget(session).await;
        }
    }
}

async fn load(db: &Db, sessions: &Sessions, session: Id) -> Result<Option<Arc<Visitor>>, DataError> {
    let Some(bearer) = sessions.bearer(session).await? else { return Ok(None) };
    let Some(person) = db::people::person(db, bearer.person).await? else { return Ok(None) };
    let proved_at = bearer.proved_at;
    if let Some(only) = bearer.only {
        return within(db, person, only, proved_at).await;
    }
    if let Some((tenant, id)) = bearer.impersonation.filter(|_| person.is_platform_admin)
        && let Some(impersonation) = db::impersonation::current(db, tenant, id).await?
    {
        return as_member(db, Impersonator { admin: person, impersonation }, proved_at).await;
    }
    let memberships = db::people::memberships(db, person.id).await?.into();
    Ok(Some(Arc::new(Visitor { person: Arc::new(person), memberships, impersonator: None, only: None, proved_at })))
}

// A tenant's provider vouches for people in that tenant, as long as it is set there, and never for the platform.
async fn within(
    db: &Db,
    person: Person,
    only: Only,
    proved_at: Option<DateTime<Utc>>,
) -> Result<Option<Arc<Visitor>>, DataError> {
    if !db::sso::lives(db, only.tenant, only.provider).await? {
        return Ok(None);
    }
    let mut memberships = db::people::memberships(db, person.id).await?;
    memberships.retain(|m| m.tenant == only.tenant);
    let person = Arc::new(Person { is_platform_admin: false, ..person });
    Ok(Some(Arc::new(Visitor {
        person,
        memberships: memberships.into(),
        impersonator: None,
        only: Some(only),
        proved_at,
    })))
}

// Nothing of the member's beyond the one tenant is shown.
async fn as_member(
    db: &Db,
    impersonator: Impersonator,
    proved_at: Option<DateTime<Utc>>,
) -> Result<Option<Arc<Visitor>>, DataError> {
    let Some(member) = db::people::person(db, impersonator.impersonation.member).await? else { return Ok(None) };
    let mut memberships = db::people::memberships(db, member.id).await?;
    memberships.retain(|m| m.tenant == impersonator.impersonation.tenant);
    // Somebody who became a platform admin meanwhile keeps nothing open for others.
    if member.is_platform_admin {
        memberships.clear();
    }
    let person = Person { is_platform_admin: false, ..member };
    Ok(Some(Arc::new(Visitor {
        person: Arc::new(person),
        memberships: memberships.into(),
        impersonator: Some(Arc::new(impersonator)),
        only: None,
        proved_at,
    })))
}
