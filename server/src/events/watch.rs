//! Whether a listener may still listen. Asked every few seconds, without counting as a use of the session: a
//! forgotten tab must not keep somebody signed in.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use db::DataError;
use db::api_keys::Bearer;
use domain::ids::{ImpersonationId, TenantId, UserId};
use domain::people::StoreAccess;
use domain::permission::Permission;
use tokio::time::Instant;
use tower_sessions::session::Id;

use crate::auth::Member;
use crate::sessions::Only;
use crate::state::AppState;

/// A revoked key or ended session is noticed within this time, and what its check takes.
const EVERY: Duration = Duration::from_secs(4);
/// The role is looked up at every so many checks, and whenever the feed says that somebody's changed.
const ROLE_AT: u32 = 5;
/// When the feed says so, listeners ask within this time, and not all at once.
const SOON: u64 = 700;

/// Keeps an eye on one listener's right to listen.
pub struct Watch {
    state: AppState,
    who: Who,
    due: Instant,
    checks: u32,
    role_is_due: bool,
}

enum Who {
    Key(Box<str>),
    Person(Box<Listening>),
}

struct Listening {
    session: Id,
    person: UserId,
    tenant: TenantId,
    // Those that the stream was opened for.
    stores: StoreAccess,
    impersonation: Option<ImpersonationId>,
    only: Option<Only>,
}

impl Watch {
    /// Over a program with this key.
    pub fn key(state: AppState, key: &str) -> Self {
        Self::new(state, Who::Key(key.into()))
    }

    /// Over a member.
    pub fn person(state: AppState, session: Id, member: &Member) -> Self {
        let listening = Listening {
            session,
            person: member.person.id,
            tenant: member.membership.tenant,
            stores: member.membership.stores.clone(),
            impersonation: member.impersonator.as_ref().map(|i| i.impersonation.id),
            only: member.only,
        };
        Self::new(state, Who::Person(Box::new(listening)))
    }

    fn new(state: AppState, who: Who) -> Self {
        Self { state, who, due: Instant::now() + EVERY, checks: 0, role_is_due: false }
    }

    /// When to ask next.
    pub const fn due(&self) -> Instant {
        self.due
    }

    /// Who may enter changed: asks soon, whatever the last answer was.
    pub fn ask_soon(&mut self) {
        let somewhen = RandomState::new().build_hasher().finish() % SOON;
        self.due = self.due.min(Instant::now() + Duration::from_millis(somewhen));
        self.role_is_due = true;
    }

    /// Whether the listener may go on. When nobody can tell, it may: the stream shows nothing new then either.
    pub async fn still_allowed(&mut self) -> bool {
        self.due = Instant::now() + EVERY;
        self.checks += 1;
        let role_is_due = std::mem::take(&mut self.role_is_due) || self.checks.is_multiple_of(ROLE_AT);
        match &self.who {
            Who::Key(key) => self.key_lives(key, role_is_due).await,
            Who::Person(listening) => {
                // An impersonation ends by the clock: nothing in the feed tells of it.
                let role_is_due = role_is_due || listening.impersonation.is_some();
                self.state.sessions.lives(listening.session).await.unwrap_or(true)
                    && (!role_is_due || self.still_member(listening).await.unwrap_or(true))
            }
        }
    }

    // What is remembered of a key may be older than the change that is asked about.
    async fn key_lives(&self, key: &str, afresh: bool) -> bool {
        let may = |b: Bearer| b.suspended.is_none() && b.access.allows(Permission::ReadEvents);
        if afresh {
            return db::api_keys::bearer(&self.state.db, key).await.map_or(true, |b| b.is_some_and(may));
        }
        self.state.keys.find(key).await.map_or(true, |b| b.is_some_and(may))
    }

    async fn still_member(&self, who: &Listening) -> Result<bool, DataError> {
        let db = &self.state.db;
        if let Some(impersonation) = who.impersonation
            && db::impersonation::current(db, who.tenant, impersonation).await?.is_none()
        {
            return Ok(false);
        }
        if let Some(only) = who.only
            && !db::sso::lives(db, only.tenant, only.provider).await?
        {
            return Ok(false);
        }
        let memberships = db::people::memberships(db, who.person).await?;
        let Some(membership) = memberships.iter().find(|m| m.tenant == who.tenant) else { return Ok(false) };
        let may = membership.suspended.is_none() && membership.allows(Permission::ReadEvents);
        if !may || membership.stores != who.stores {
            return Ok(false);
        }
        if !membership.needs_second_factor || who.impersonation.is_some() || who.only.is_some() {
            return Ok(true);
        }
        Ok(db::people::person(db, who.person).await?.is_some_and(|person| person.has_second_factor))
    }
}
