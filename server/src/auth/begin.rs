//! Beginning a session. Whatever session there was ends, so that an id planted by somebody else is worth nothing.

use db::people::Person;
use db::people::devices::{self, Familiar};
use db::platform::Platform;
use db::{Db, outbox};
use domain::ids::UserId;
use http::request::Parts;
use jobs::mail::Mailer;
use jobs::people::{Notice, notice};
use serde_json::json;
use tower_sessions::Session;

use super::device;
use super::record::{record, record_in};
use super::visitors::Visitors;
use crate::error::PageError;
use crate::middleware::{address, current};
use crate::sessions::{ADDRESS, AGENT, HALF, Half, ONLY, Only, PERSON, PROVED, UNTIL};
use crate::state::AppState;

/// By what somebody showed who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By their password alone.
    Password,
    /// By password and a code of their app.
    Code,
    /// By password and a recovery code.
    RecoveryCode,
    /// By a passkey.
    Passkey,
    /// By the link of an invitation, with which they made an account.
    Invitation,
    /// By single sign-on: a tenant's provider vouches for them, in that tenant alone.
    Sso(Only),
}

impl How {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "password and code",
            Self::RecoveryCode => "password and recovery code",
            Self::Passkey => "passkey",
            Self::Invitation => "invitation",
            Self::Sso(_) => "single sign-on",
        }
    }
}

/// Begins the session of `person`, and tells them when they were never seen in this browser.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn begin(
    state: &AppState,
    session: &Session,
    parts: &Parts,
    person: &Person,
    how: How,
) -> Result<(), PageError> {
    let until = state.sessions.absolute_end().timestamp();
    let address = address::client(parts, state.config.http.proxies).to_string();
    let agent = device::agent(&parts.headers);
    fresh(&state.visitors, session).await?;
    let steps = async {
        session.insert(PERSON, person.id).await?;
        session.insert(UNTIL, until).await?;
        session.insert(PROVED, state.db.clock().now().timestamp()).await?;
        if let How::Sso(only) = how {
            session.insert(ONLY, only).await?;
        }
        session.insert(ADDRESS, &address).await?;
        session.insert(AGENT, &agent).await
    };
    steps.await.map_err(session_failed)?;
    let details = json!({"by": how.as_str()});
    match how {
        How::Sso(only) => record_in(&state.db, only.tenant, person, "session.begin", details).await?,
        _ => record(&state.db, person, "session.begin", details).await?,
    }
    tracing::info!(person = %person.id, %address, by = how.as_str(), "signed in");
    if devices::note(&state.db, person.id, &device::id(parts, state)).await? == Familiar::New {
        let news = Notice::NewDevice { device: device::words(&agent), address };
        tell(&state.db, &state.tools.mailer, &person.email, &news).await?;
    }
    Ok(())
}

/// Begins the session of somebody who has given their password and owes a second factor: it opens nothing but that step.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn begin_half(state: &AppState, session: &Session, person: UserId) -> Result<(), PageError> {
    fresh(&state.visitors, session).await?;
    session.insert(HALF, Half::new(person, state.db.clock().now())).await.map_err(session_failed)
}

/// The same session goes on under another id.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn rename(visitors: &Visitors, session: &Session) -> Result<(), PageError> {
    another_id(visitors, session).await
}

/// Tells somebody at `email` what happened to their account.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn tell(db: &Db, mailer: &Mailer, email: &str, news: &Notice) -> Result<(), PageError> {
    let clock = db.clock();
    let mail = notice(mailer, clock.id(), email, news, clock.now());
    let tx = Platform::command(db.clone()).begin().await?;
    outbox::post_for_platform(&tx, mail).await?;
    Ok(tx.commit().await?)
}

/// What a failure of the session store comes to.
pub fn session_failed(error: tower_sessions::session::Error) -> PageError {
    let request_id = current::request_id();
    tracing::error!(%request_id, %error, "cannot store a session");
    PageError::Internal(request_id.to_string())
}

async fn fresh(visitors: &Visitors, session: &Session) -> Result<(), PageError> {
    session.clear().await;
    another_id(visitors, session).await
}

// The old one ends with the storing of the new one: whoever is cut off before that is where they were.
async fn another_id(visitors: &Visitors, session: &Session) -> Result<(), PageError> {
    let old = session.id();
    if let Some(old) = old {
        visitors.forget(old).await;
    }
    current::rename_session(old);
    session.cycle_id().await.map_err(session_failed)
}
