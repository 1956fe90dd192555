//! The way to a tenant's provider. Tenants without one look like tenants that do not exist.

use app::pages::entry::{SsoForm, SsoPage, sso as page, sso_form};
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use db::people::ceremonies;
use db::sso::{self, Provider};
use http::StatusCode;
use http::request::Parts;
use openidconnect::RedirectUrl;
use serde::Deserialize;
use serde_json::json;
use tower_sessions::Session;

use super::{KIND, Unusable, Waiting, discover, provider, refused};
use crate::auth::begin::session_failed;
use crate::auth::next;
use crate::auth::sign_in::TOO_MANY;
use crate::auth::sign_in_throttle::Kind;
use crate::error::PageError;
use crate::middleware::{address, current};
use crate::pages::answer;
use crate::sessions::CEREMONY;
use crate::state::AppState;

const NOBODY: &str = "This tenant does not use SSO.";
const SILENT: &str = "The SSO provider is not responding correctly. Try again later, or sign in with your password.";

/// The query, and the form.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    /// The tenant's name in addresses.
    #[serde(default)]
    tenant: String,
    /// Where to go afterwards.
    #[serde(default)]
    next: String,
}

/// `GET /login/sso`: asks for which tenant.
pub async fn form(Query(wanted): Query<Wanted>) -> Response {
    answer::ok(form_of(&wanted.tenant, &wanted.next, None), sso_form).await
}

/// `POST /login/sso`: on to that tenant's address.
pub async fn named(Form(wanted): Form<Wanted>) -> Response {
    let slug = wanted.tenant.trim().to_lowercase();
    if !is_name(&slug) {
        return answer::faulty(form_of(&wanted.tenant, &wanted.next, Some(NOBODY)), sso_form).await;
    }
    let address = format!("/login/sso/{slug}");
    let address = match next::local(&wanted.next) {
        "/" => address,
        next => app::url::with_query(&address, [("next", next)]),
    };
    Redirect::to(&address).into_response()
}

/// `GET /login/oidc` and `GET /login/oidc/{tenant}`: where this began before it was called single sign-on. Members have
/// these addresses in their bookmarks, and providers in their menus of applications.
pub async fn moved(slug: Option<Path<String>>, Query(wanted): Query<Wanted>) -> Redirect {
    let address = match slug {
        Some(Path(slug)) => format!("/login/sso/{}", app::url::escape(&slug)),
        None => "/login/sso".to_owned(),
    };
    let pairs = [("tenant", wanted.tenant.as_str()), ("next", wanted.next.as_str())];
    Redirect::to(&app::url::with_query(&address, pairs.into_iter().filter(|(_, value)| !value.is_empty())))
}

/// `GET /login/sso/{tenant}`: the way to its provider, who is asked for this browser and this time.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    session: Session,
    parts: Parts,
    Path(slug): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let again = |status, fault| answer::with(status, form_of(&slug, &wanted.next, Some(fault)), sso_form);
    let address = address::client(&parts, state.config.http.proxies);
    if state.sign_in_throttle.attempt_from(Kind::Provider, address).await.is_err() {
        return Ok(refused(StatusCode::TOO_MANY_REQUESTS, &slug, TOO_MANY).await);
    }
    let found = if is_name(&slug) { sso::find(&state.db, &state.sealer, &slug).await? } else { None };
    let Some(provider) = found else { return Ok(again(StatusCode::NOT_FOUND, NOBODY).await) };
    let metadata = match discover(&state.http_client, &provider.issuer).await {
        Ok(metadata) => metadata,
        Err(Unusable(why)) => {
            tracing::warn!(tenant = %provider.tenant, issuer = provider.issuer, why, "a provider cannot be used");
            return Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, &slug, SILENT).await);
        }
    };
    let asked = provider::question(&provider, metadata, back(&state, &provider)?);
    let waiting = json!(Waiting {
        tenant: provider.tenant,
        slug: provider.slug.clone(),
        provider: provider.id,
        state: asked.state,
        nonce: asked.nonce,
        verifier: asked.verifier,
        next: next::local(&wanted.next).to_owned(),
    });
    let name = ceremonies::begin(&state.db, KIND, &waiting).await?;
    session.insert(CEREMONY, name).await.map_err(session_failed)?;
    let host = asked.url.host_str().unwrap_or_default().to_owned();
    let (tenant, address) = (provider.name, asked.url.to_string());
    Ok(answer::ok(SsoPage { tenant, host, address, theme: current::theme() }, page).await)
}

/// Where people come back to. Each tenant has an address of its own, so that what one provider answers is never taken for
/// another's.
pub(super) fn back(state: &AppState, provider: &Provider) -> Result<RedirectUrl, PageError> {
    let url = app::pages::settings::callback(&state.config.http.public_url, &provider.slug);
    RedirectUrl::new(url).map_err(|_| PageError::NotFound)
}

fn form_of(tenant: &str, next: &str, fault: Option<&'static str>) -> SsoForm {
    let next = Some(next::local(next)).filter(|next| *next != "/").map(str::to_owned);
    let tenant = tenant.chars().take(100).collect();
    SsoForm { tenant, next, fault: fault.map(str::to_owned), theme: current::theme() }
}

fn is_name(slug: &str) -> bool {
    domain::slug::form(slug).is_ok()
}
