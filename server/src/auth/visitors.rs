//! Who is behind a session, remembered for less than a second: a busy dashboard then costs neither Redis nor
//! PostgreSQL a round trip. Longer would let a revoked session or a lost role live on.

use std::sync::Arc;
use std::time::Duration;

use db::DataError;
use db::people::{Membership, Person};
use domain::ids::UserId;
use tower_sessions::session::Id;

use crate::error::PageError;
use crate::state::AppState;

/// For how long: with what a request takes, safely within the second that revocation is promised to take.
pub(super) const REMEMBERED: Duration = Duration::from_millis(750);

/// Somebody behind a session.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who it is.
    pub person: Arc<Person>,
    /// Their tenants, by name.
    pub memberships: Arc<[Membership]>,
}

/// Visitors by session; `None` for sessions that are over.
pub struct Visitors {
    known: moka::future::Cache<Id, Option<Arc<Visitor>>>,
}

impl Default for Visitors {
    fn default() -> Self {
        Self { known: moka::future::Cache::builder().max_capacity(50_000).time_to_live(REMEMBERED).build() }
    }
}

impl Visitors {
    /// Who is behind `session`, if it lives. Asked at most once at a time.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn find(&self, state: &AppState, session: Id) -> Result<Option<Arc<Visitor>>, PageError> {
        if let Some(found) = self.known.get(&session).await {
            return Ok(found);
        }
        // Boxed when it is needed: most of the time it is not, and then it would only be moved about.
        let loading = Box::pin(self.known.try_get_with(session, load(state, session)));
        loading.await.map_err(|e| PageError::from(e.as_ref()))
    }

    /// Forgets a session that was ended.
    pub async fn forget(&self, session: Id) {
        self.known.invalidate(&session).await;
    }

    /// Forgets all sessions of a person.
    pub async fn forget_person(&self, person: UserId) {
        let theirs = |visitor: &Option<Arc<Visitor>>| visitor.as_ref().is_some_and(|v| v.person.id == person);
        let sessions: Vec<Id> = self.known.iter().filter(|(_, v)| theirs(v)).map(|(id, _)| *id).collect();
        for session in sessions {
            self.forget(session).await;
        }
    }
}

async fn load(state: &AppState, session: Id) -> Result<Option<Arc<Visitor>>, DataError> {
    let Some(person) = state.sessions.person(session).await? else { return Ok(None) };
    let Some(person) = db::people::person(&state.db, person).await? else { return Ok(None) };
    let memberships = db::people::memberships(&state.db, person.id).await?;
    Ok(Some(Arc::new(Visitor { person: Arc::new(person), memberships: memberships.into() })))
}
