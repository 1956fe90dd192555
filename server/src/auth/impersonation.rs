//! A platform admin who looks as one of a tenant's members: beginning it, being allowed to change things, ending it. The
//! session goes on under another id each time.

use app::frame::{Place, PlatformFrame};
use app::pages::platform::{LookForm, RaiseForm, look as view, look_members, raise as raise_view};
use app::ui::Clock;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use db::impersonation;
use db::{DataError, team};
use domain::fields::FieldErrors;
use domain::ids::UserId;
use domain::permission::Permission;
use serde::Deserialize;
use tower_sessions::Session;

use super::begin::{rename, session_failed};
use super::{PlatformAdmin, SignedIn};
use crate::error::PageError;
use crate::middleware::current;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::sessions::LOOK;
use crate::state::AppState;

/// The form.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    minutes: String,
}

/// `GET /platform/tenants/{slug}/members`: as whom somebody can look.
///
/// # Errors
/// For everybody but platform admins, unknown tenants, and when PostgreSQL fails.
pub async fn members(
    State(state): State<AppState>,
    admin: PlatformAdmin,
    visit: Visit,
    Path(slug): Path<String>,
) -> Result<Response, PageError> {
    let scope = admin.platform.enter(&slug).await?.scope(Permission::ManagePeople)?;
    let members = team::members(&scope).await?;
    let clock = Clock::in_utc(state.db.clock().now());
    let listed = (frame(&admin, visit), slug, members);
    Ok(answer::ok(listed, move |(frame, slug, members)| look_members(frame, slug, members, clock)).await)
}

/// `GET /platform/tenants/{slug}/look/{member}`.
///
/// # Errors
/// For everybody but platform admins, unknown tenants and members, and when PostgreSQL fails.
pub async fn ask(
    admin: PlatformAdmin,
    visit: Visit,
    Path((slug, member)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let form = form(&admin, visit, slug, &member, &Wanted::default()).await?;
    Ok(answer::ok(form, view).await)
}

/// `POST /platform/tenants/{slug}/look/{member}`.
///
/// # Errors
/// For everybody but platform admins, unknown tenants and members, and when PostgreSQL fails.
pub async fn begin(
    State(state): State<AppState>,
    admin: PlatformAdmin,
    visit: Visit,
    session: Session,
    Path((slug, member)): Path<(String, String)>,
    Form(wanted): Form<Wanted>,
) -> Result<Response, PageError> {
    let mut form = form(&admin, visit, slug.clone(), &member, &wanted).await?;
    let minutes = wanted.minutes.parse().unwrap_or_default();
    let begun = impersonation::begin(&admin.platform, &admin.person, &slug, form.member, &wanted.reason, minutes).await;
    match begun {
        Ok(look) => {
            rename(&state.visitors, &session).await?;
            session.insert(LOOK, look).await.map_err(session_failed)?;
            tracing::warn!(admin = %admin.person.id, member, slug, "impersonation started");
            return Ok(Redirect::to(&format!("/t/{slug}")).into_response());
        }
        Err(DataError::Invalid(faults)) => form.faults = faults,
        Err(DataError::Refused(words)) => form.refused = Some(words),
        Err(other) => return Err(other.into()),
    }
    Ok(answer::faulty(form, view).await)
}

/// `GET /impersonation/raise`.
///
/// # Errors
/// For whoever does not look as somebody else.
pub async fn ask_raise(signed_in: SignedIn, visit: Visit) -> Result<Response, PageError> {
    signed_in.look.as_ref().ok_or(PageError::NotFound)?;
    let form =
        RaiseForm { visitor: visit.of(&signed_in.person), reason: String::new(), faults: FieldErrors::default() };
    Ok(answer::ok(form, raise_view).await)
}

/// `POST /impersonation/raise`: from now to its end, things can be changed.
///
/// # Errors
/// For whoever does not look as somebody else, and when PostgreSQL fails.
pub async fn raise(
    State(state): State<AppState>,
    signed_in: Option<SignedIn>,
    visit: Visit,
    session: Session,
    Form(wanted): Form<Wanted>,
) -> Result<Response, PageError> {
    let signed_in = signed_in.ok_or(PageError::NotFound)?;
    let look = signed_in.look.as_ref().ok_or(PageError::NotFound)?;
    match impersonation::raise(&state.db, &look.impersonation, &wanted.reason, current::origin()).await {
        Ok(()) => {
            rename(&state.visitors, &session).await?;
            let home = signed_in.memberships.first().map_or_else(|| "/".to_owned(), |m| format!("/t/{}", m.slug));
            Ok(Redirect::to(&home).into_response())
        }
        Err(DataError::Invalid(faults)) => {
            let form = RaiseForm { visitor: visit.of(&signed_in.person), reason: wanted.reason, faults };
            Ok(answer::faulty(form, raise_view).await)
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /impersonation/end`. Where nobody looks there is nothing to do, and that is done.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn end(
    State(state): State<AppState>,
    signed_in: Option<SignedIn>,
    session: Session,
) -> Result<Response, PageError> {
    if let Some(look) = signed_in.and_then(|s| s.look) {
        impersonation::end(&state.db, &look.impersonation, current::origin()).await?;
    }
    session.remove_value(LOOK).await.map_err(session_failed)?;
    rename(&state.visitors, &session).await?;
    Ok(Redirect::to("/").into_response())
}

async fn form(
    admin: &PlatformAdmin,
    visit: Visit,
    slug: String,
    member: &str,
    wanted: &Wanted,
) -> Result<LookForm, PageError> {
    let member: UserId = member.parse().map_err(|_| PageError::NotFound)?;
    let scope = admin.platform.enter(&slug).await?.scope(Permission::ManagePeople)?;
    let found = team::member(&scope, member).await?;
    Ok(LookForm {
        frame: frame(admin, visit),
        tenant: slug,
        member,
        email: found.email,
        role: found.role.name().to_owned(),
        reason: wanted.reason.clone(),
        minutes: wanted.minutes.clone(),
        faults: FieldErrors::default(),
        refused: None,
    })
}

fn frame(admin: &PlatformAdmin, visit: Visit) -> PlatformFrame {
    PlatformFrame { visitor: visit.of(&admin.person), place: Place::Tenants }
}
