//! A platform admin who impersonates one of a tenant's members: beginning it, write access, ending it. The session
//! goes on under another id each time.

use app::frame::{Place, PlatformFrame};
use app::pages::platform::{
    ImpersonationForm, WriteAccessForm, impersonation as view, members as members_view,
    write_access as write_access_view,
};
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
use crate::sessions::IMPERSONATION;
use crate::state::AppState;

/// The form.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    minutes: String,
}

/// `GET /platform/tenants/{slug}/members`: whom an admin can impersonate.
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
    Ok(answer::ok(listed, move |(frame, slug, members)| members_view(frame, slug, members, clock)).await)
}

/// `GET /platform/tenants/{slug}/impersonation/{member}`.
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

/// `POST /platform/tenants/{slug}/impersonation/{member}`.
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
        Ok(current) => {
            rename(&state.visitors, &session).await?;
            session.insert(IMPERSONATION, current).await.map_err(session_failed)?;
            tracing::warn!(admin = %admin.person.id, member, slug, "impersonation started");
            return Ok(Redirect::to(&format!("/t/{slug}")).into_response());
        }
        Err(DataError::Invalid(faults)) => form.faults = faults,
        Err(DataError::Refused(words)) => form.refused = Some(words),
        Err(other) => return Err(other.into()),
    }
    Ok(answer::faulty(form, view).await)
}

/// `GET /impersonation/write-access`.
///
/// # Errors
/// For whoever impersonates nobody.
pub async fn ask_write_access(signed_in: SignedIn, visit: Visit) -> Result<Response, PageError> {
    signed_in.impersonator.as_ref().ok_or(PageError::NotFound)?;
    let form =
        WriteAccessForm { visitor: visit.of(&signed_in.person), reason: String::new(), faults: FieldErrors::default() };
    Ok(answer::ok(form, write_access_view).await)
}

/// `POST /impersonation/write-access`: from now to its end, things can be changed.
///
/// # Errors
/// For whoever impersonates nobody, and when PostgreSQL fails.
pub async fn grant_write_access(
    State(state): State<AppState>,
    signed_in: Option<SignedIn>,
    visit: Visit,
    session: Session,
    Form(wanted): Form<Wanted>,
) -> Result<Response, PageError> {
    let signed_in = signed_in.ok_or(PageError::NotFound)?;
    let impersonator = signed_in.impersonator.as_ref().ok_or(PageError::NotFound)?;
    match impersonation::grant_write_access(&state.db, &impersonator.impersonation, &wanted.reason, current::origin())
        .await
    {
        Ok(()) => {
            rename(&state.visitors, &session).await?;
            let home = signed_in.memberships.first().map_or_else(|| "/".to_owned(), |m| format!("/t/{}", m.slug));
            Ok(Redirect::to(&home).into_response())
        }
        Err(DataError::Invalid(faults)) => {
            let form = WriteAccessForm { visitor: visit.of(&signed_in.person), reason: wanted.reason, faults };
            Ok(answer::faulty(form, write_access_view).await)
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /impersonation/end`. Without an impersonation there is nothing to do, and that is done.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn end(
    State(state): State<AppState>,
    signed_in: Option<SignedIn>,
    session: Session,
) -> Result<Response, PageError> {
    if let Some(impersonator) = signed_in.and_then(|s| s.impersonator) {
        impersonation::end(&state.db, &impersonator.impersonation, current::origin()).await?;
    }
    session.remove_value(IMPERSONATION).await.map_err(session_failed)?;
    rename(&state.visitors, &session).await?;
    Ok(Redirect::to("/").into_response())
}

async fn form(
    admin: &PlatformAdmin,
    visit: Visit,
    slug: String,
    member: &str,
    wanted: &Wanted,
) -> Result<ImpersonationForm, PageError> {
    let member: UserId = member.parse().map_err(|_| PageError::NotFound)?;
    let scope = admin.platform.enter(&slug).await?.scope(Permission::ManagePeople)?;
    let found = team::member(&scope, member).await?;
    Ok(ImpersonationForm {
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
