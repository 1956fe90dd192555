//! Whether a listener may still listen. Asked every few seconds, without counting as a use of the session: a
//! forgotten tab must not keep somebody signed in.

use std::time::Duration;

use domain::ids::{TenantId, UserId};
use domain::permission::Permission;
use tokio::time::Instant;
use tower_sessions::session::Id;

use crate::auth::SignedIn;
use crate::state::AppState;

/// A revoked key or ended session is noticed within this time, and what its check takes.
const EVERY: Duration = Duration::from_secs(4);
/// The role is looked up at every so many checks.
const ROLE_AT: u32 = 5;

/// Keeps an eye on one listener's right to listen.
pub struct Watch {
    state: AppState,
    who: Who,
    due: Instant,
    checks: u32,
}

enum Who {
    Key(Box<str>),
    Person { session: Id, person: UserId, tenant: TenantId },
}

impl Watch {
    /// Over a program with this key.
    pub fn key(state: AppState, key: &str) -> Self {
        Self::new(state, Who::Key(key.into()))
    }

    /// Over a member of `tenant`.
    pub fn person(state: AppState, signed_in: &SignedIn, tenant: TenantId) -> Self {
        Self::new(state, Who::Person { session: signed_in.session, person: signed_in.person.id, tenant })
    }

    fn new(state: AppState, who: Who) -> Self {
        Self { state, who, due: Instant::now() + EVERY, checks: 0 }
    }

    /// When to ask next.
    pub const fn due(&self) -> Instant {
        self.due
    }

    /// Whether the listener may go on. When nobody can tell, it may: the stream shows nothing new then either.
    pub async fn still_allowed(&mut self) -> bool {
        self.due = Instant::now() + EVERY;
        self.checks += 1;
        match &self.who {
            Who::Key(key) => self.key_lives(key).await,
            Who::Person { session, person, tenant } => {
                let role_is_due = self.checks.is_multiple_of(ROLE_AT);
                self.state.sessions.lives(*session).await.unwrap_or(true)
                    && (!role_is_due || self.role_allows(*person, *tenant).await)
            }
        }
    }

    async fn key_lives(&self, key: &str) -> bool {
        let found = self.state.keys.find(&self.state, key).await;
        let may = |b: db::api_keys::Bearer| b.suspended.is_none() && b.access.allows(Permission::ReadEvents);
        found.map_or(true, |bearer| bearer.is_some_and(may))
    }

    async fn role_allows(&self, person: UserId, tenant: TenantId) -> bool {
        let found = db::people::memberships(&self.state.db, person).await;
        found.map_or(true, |all| {
            all.iter().any(|m| m.tenant == tenant && m.suspended.is_none() && m.role.allows(Permission::ReadEvents))
        })
    }
}
