//! Coming back from a tenant's provider.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use db::Actor;
use db::audit::Attempt;
use db::people::{Person, ceremonies};
use db::sso::{self, NoEntry, Provider};
use domain::people::has_domain;
use http::StatusCode;
use http::request::Parts;
use serde::Deserialize;
use serde_json::json;
use subtle::ConstantTimeEq;
use tower_sessions::Session;

use super::ask::back;
use super::provider::{Identity, redeem};
use super::{KIND, Unusable, Waiting, discover, refused};
use crate::auth::begin::{How, begin, session_failed};
use crate::auth::next;
use crate::auth::sign_in::TOO_MANY;
use crate::auth::sign_in_throttle::Kind;
use crate::error::PageError;
use crate::middleware::{address, current};
use crate::sessions::{CEREMONY, Only};
use crate::state::AppState;

const FOREIGN: &str = "This sign-in attempt expired or was already used. Try again.";
const NOT_THERE: &str = "The SSO provider did not sign you in. Try again, or sign in with your password.";
const UNPROVEN: &str = "The SSO provider sent an invalid response. Try again. If it fails again, contact an owner of \
    this tenant.";
const UNVERIFIED: &str =
    "The SSO provider does not report your email as verified. Contact the administrator of the provider.";
const DOMAIN: &str = "Your email domain cannot use SSO here. Sign in with your password.";
const NO_MEMBER: &str = "You are not a member of this tenant. Ask an owner to invite you with this email.";
const UNCONFIRMED: &str = "The email of this account is not confirmed. Reset the password with \u{201c}Forgot your \
    password?\u{201d}, or ask your platform admin to confirm the email.";
const OTHER: &str = "This email belongs to a member with another SSO identity. Ask an owner to remove and invite the \
    member again.";

/// What the provider sends along.
#[derive(Debug, Default, Deserialize)]
pub struct Brought {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    error: Option<String>,
}

/// `GET /login/oidc/{tenant}/callback`: the address that is registered at providers (`app::pages::settings::callback`).
///
/// # Errors
/// When PostgreSQL fails.
pub async fn finish(
    State(state): State<AppState>,
    session: Session,
    parts: Parts,
    Path(slug): Path<String>,
    Query(brought): Query<Brought>,
) -> Result<Response, PageError> {
    let address = address::client(&parts, state.config.http.proxies);
    let Ok(attempt) = state.sign_in_throttle.attempt_from(Kind::Provider, address).await else {
        return Ok(refused(StatusCode::TOO_MANY_REQUESTS, &slug, TOO_MANY).await);
    };
    let no = async |why: &str| refused(StatusCode::UNPROCESSABLE_ENTITY, &slug, why).await;
    let Some(waiting) = take(&state, &session, &slug, &brought.state).await? else { return Ok(no(FOREIGN).await) };
    let found = sso::find(&state.db, &state.sealer, &slug).await?;
    let Some(provider) = found.filter(|found| (found.tenant, found.id) == (waiting.tenant, waiting.provider)) else {
        return Ok(no(FOREIGN).await);
    };
    if brought.error.is_some() || brought.code.is_empty() {
        return Ok(no(NOT_THERE).await);
    }
    let next = waiting.next.clone();
    let identity = match vouched(&state, &provider, waiting, &brought.code).await? {
        Ok(identity) => identity,
        Err(why) => {
            record(&state, &provider, "an unknown identity", &why);
            return Ok(no(UNPROVEN).await);
        }
    };
    let person = match entry(&state, &provider, &identity).await? {
        Ok(person) => person,
        Err(why) => {
            record(&state, &provider, identity.email.as_deref().unwrap_or("an identity without an address"), &why);
            return Ok(no(&why).await);
        }
    };
    attempt.succeeded().await;
    // The question was counted too.
    state.sign_in_throttle.take_back(Kind::Provider, address).await;
    let only = Only { tenant: provider.tenant, provider: provider.id };
    begin(&state, &session, &parts, &person, How::Sso(only)).await?;
    Ok(Redirect::to(&within(&provider.slug, &next)).into_response())
}

// What was asked of this browser, if this is the answer to it.
async fn take(state: &AppState, session: &Session, slug: &str, brought: &str) -> Result<Option<Waiting>, PageError> {
    let Some(name) = session.remove::<String>(CEREMONY).await.map_err(session_failed)? else { return Ok(None) };
    let kept = ceremonies::take(&state.db, KIND, &name).await?;
    let waiting = kept.and_then(|kept| serde_json::from_value::<Waiting>(kept).ok());
    let fits = |w: &Waiting| w.slug == slug && bool::from(w.state.as_bytes().ct_eq(brought.as_bytes()));
    Ok(waiting.filter(fits))
}

async fn vouched(
    state: &AppState,
    provider: &Provider,
    waiting: Waiting,
    code: &str,
) -> Result<Result<Identity, String>, PageError> {
    let metadata = match discover(&state.http_client, &provider.issuer).await {
        Ok(metadata) => metadata,
        Err(Unusable(why)) => return Ok(Err(why)),
    };
    let (back, now) = (back(state, provider)?, state.db.clock().now());
    let kept = (waiting.verifier, waiting.nonce);
    let redeemed = redeem(&state.http_client, provider, metadata, back, code, kept, now).await;
    Ok(redeemed.map_err(|error| error.to_string()))
}

async fn entry(
    state: &AppState,
    provider: &Provider,
    identity: &Identity,
) -> Result<Result<Person, String>, PageError> {
    let no = |why: &str| Ok(Err(why.to_owned()));
    let Some(email) = identity.email.as_deref().filter(|_| identity.email_is_verified) else { return no(UNVERIFIED) };
    if !has_domain(email, &provider.domains) {
        return no(DOMAIN);
    }
    match sso::enter(&state.db, &state.passwords, provider, &identity.subject, email, &current::origin()).await? {
        Ok(person) => {
            state.visitors.forget_person(person.id).await;
            Ok(Ok(person))
        }
        Err(NoEntry::NoMember) => no(NO_MEMBER),
        Err(NoEntry::OtherIdentity) => no(OTHER),
        Err(NoEntry::Unproven) => no(UNCONFIRMED),
        Err(NoEntry::AtLimit(words)) => Ok(Err(words)),
    }
}

// In the record of the provider's tenant alone: the email is not verified anywhere else.
fn record(state: &AppState, provider: &Provider, who: &str, why: &str) {
    let cut = |text: &str| text.chars().take(300).collect::<String>();
    let details = json!({"by": "single sign-on", "why": cut(why)});
    let origin = current::origin();
    let attempt = Attempt { actor: Actor::Nobody, action: "session.refuse", subject: cut(who), details, origin };
    tracing::info!(tenant = %provider.tenant, why, "a single sign-on failed");
    state.refusals.in_tenant(&state.db, provider.tenant, attempt);
}

// The session opens one tenant: whatever else was wanted leads to its first page.
fn within(slug: &str, wanted: &str) -> String {
    let home = format!("/t/{slug}");
    let wanted = next::local(wanted);
    let is_within = wanted.strip_prefix(&home).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    if is_within { wanted.to_owned() } else { home }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_on_stays_within_the_tenant() {
        for (wanted, to) in [
            ("/t/demo/orders?q=1", "/t/demo/orders?q=1"),
            ("/t/demo", "/t/demo"),
            ("/t/demo-two", "/t/demo"),
            ("/t/other", "/t/demo"),
            ("//evil.test", "/t/demo"),
            ("/", "/t/demo"),
        ] {
            assert_eq!(within("demo", wanted), to);
        }
    }
}
