//! Single sign-on through the tenant's own OpenID Connect provider: set by its owner, who thereby trusts that provider
//! with it.

use app::frame::Section;
use app::pages::settings::{SsoSettings, callback, sso as view};
use app::pages::team::{Confirm, confirm};
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use db::sso::{self, Settings};
use db::{DataError, Scope};
use domain::fields::FieldErrors;
use domain::people::read_domains;
use domain::permission::Permission;
use serde::Deserialize;

use crate::auth::Member;
use crate::auth::sso::{Unusable, discover};
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;
use crate::state::AppState;

const LONGEST: usize = 500;

/// The form.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Entered {
    #[serde(default)]
    issuer: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    client_secret: String,
    #[serde(default)]
    domains: String,
}

/// What is set.
///
/// # Errors
/// For users who are not owners, and when PostgreSQL fails.
pub async fn show(State(state): State<AppState>, member: Member, visit: Visit) -> Result<Response, PageError> {
    let scope = of_owner(&member)?;
    let settings = sso::settings(&scope).await?;
    let entered = settings.as_ref().map_or_else(Entered::default, |settings| Entered {
        issuer: settings.issuer.clone(),
        client_id: settings.client_id.clone(),
        domains: settings.domains.join(", "),
        ..Entered::default()
    });
    let page = page(&state, &scope, &member, visit, entered, FieldErrors::default()).await?;
    Ok(answer::ok(page, view).await)
}

/// `GET /t/{tenant}/settings/sign-in`: the address that the page had before, which owners may have in their bookmarks.
pub async fn moved(member: Member) -> Redirect {
    Redirect::to(&address(&member))
}

/// Saves it, once the issuer has answered as a provider does.
///
/// # Errors
/// For users who are not owners, and when PostgreSQL fails.
pub async fn save(
    State(state): State<AppState>,
    member: Member,
    visit: Visit,
    Form(entered): Form<Entered>,
) -> Result<Response, PageError> {
    let scope = of_owner(&member)?;
    let faults = match check(&state, &scope, &entered).await? {
        Ok(new) => {
            let secret = Some(entered.client_secret.trim()).filter(|secret| !secret.is_empty());
            match sso::save(&scope, &state.sealer, &new, secret).await {
                Ok(()) => return Ok(answer::done(&address(&member), "saved").into_response()),
                Err(DataError::NotFound(_)) => FieldErrors::one(
                    "client_secret",
                    "Enter the client secret for this \
                    issuer.",
                ),
                Err(other) => return Err(other.into()),
            }
        }
        Err(faults) => faults,
    };
    Ok(answer::faulty(page(&state, &scope, &member, visit, entered, faults).await?, view).await)
}

/// What follows when it is removed.
///
/// # Errors
/// For users who are not owners, and when PostgreSQL fails.
pub async fn ask_remove(member: Member, visit: Visit) -> Result<Response, PageError> {
    let scope = of_owner(&member)?;
    let back = address(&member);
    let plan = Confirm {
        frame: frame(&scope, &member, visit, Section::Team, None).await?,
        title: "Remove single sign-on?".to_owned(),
        plan: vec![
            "Members can no longer sign in with SSO. Those who did are signed out within a second.".to_owned(),
            "Members stay in the team. They sign in with a password, which they can set with \u{201c}Forgot your \
             password?\u{201d}."
                .to_owned(),
            "The issuer, client ID and secret are deleted.".to_owned(),
        ],
        label: "Remove SSO",
        action: format!("{back}/remove"),
        back,
        asks_password: false,
        faults: FieldErrors::default(),
        refused: None,
    };
    Ok(answer::ok(plan, confirm).await)
}

/// Removes it.
///
/// # Errors
/// For users who are not owners, and when PostgreSQL fails.
pub async fn remove(member: Member) -> Result<Response, PageError> {
    sso::remove(&of_owner(&member)?).await?;
    Ok(answer::done(&address(&member), "removed").into_response())
}

// The provider decides who signs in as whom, so only the owner may set it, and no admin who views the tenant as its owner.
fn of_owner(member: &Member) -> Result<Scope, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    if member.membership.role.is_owner() && member.impersonator.is_none() {
        Ok(scope)
    } else {
        Err(PageError::Forbidden)
    }
}

async fn check(state: &AppState, scope: &Scope, entered: &Entered) -> Result<Result<Settings, FieldErrors>, PageError> {
    let mut faults = FieldErrors::default();
    let (issuer, client_id) = (entered.issuer.trim().to_owned(), entered.client_id.trim().to_owned());
    let is_bad = |text: &str| text.is_empty() || text.chars().count() > LONGEST || text.chars().any(char::is_control);
    faults.add_if(is_bad(&client_id), "client_id", "Enter the client ID from your provider.");
    let secret = entered.client_secret.trim();
    faults.add_if(!secret.is_empty() && is_bad(secret), "client_secret", "Use at most 500 characters.");
    // A secret is only sent to the issuer that it was entered for.
    let keeps = sso::settings(scope).await?.is_some_and(|kept| kept.issuer == issuer);
    faults.add_if(secret.is_empty() && !keeps, "client_secret", "Enter the client secret for this issuer.");
    let domains = read_domains(&entered.domains).map_err(|words| faults.add("domains", words)).unwrap_or_default();
    if let Err(Unusable(words)) = discover(&state.http_client, &issuer).await {
        faults.add("issuer", words);
    }
    Ok(faults.into_result(Settings { issuer, client_id, domains }))
}

async fn page(
    state: &AppState,
    scope: &Scope,
    member: &Member,
    visit: Visit,
    entered: Entered,
    faults: FieldErrors,
) -> Result<SsoSettings, PageError> {
    let is_set = sso::settings(scope).await?.is_some();
    let done = match visit.done() {
        Some("saved") => Some("Saved. The provider responds correctly."),
        Some("removed") => Some("Single sign-on removed."),
        _ => None,
    };
    Ok(SsoSettings {
        issuer: entered.issuer,
        client_id: entered.client_id,
        domains: entered.domains,
        is_set,
        callback: callback(&state.config.http.public_url, &member.membership.slug),
        public_url: state.config.http.public_url.clone(),
        faults,
        done,
        frame: frame(scope, member, visit, Section::Team, None).await?,
    })
}

fn address(member: &Member) -> String {
    format!("/t/{}/settings/sso", member.membership.slug)
}
