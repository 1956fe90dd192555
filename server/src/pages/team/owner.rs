//! Handing the account over.

use app::frame::Section;
use app::pages::team::{Confirm, confirm};
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use db::people::account;
use db::{DataError, Scope, team};
use domain::fields::FieldErrors;
use domain::ids::UserId;
use domain::permission::Permission;
use http::StatusCode;
use http::request::Parts;

use super::form::{Pairs, value};
use super::index::address;
use super::members::read;
use crate::auth::Member;
use crate::auth::sign_in_throttle::Kind;
use crate::auth::visitors::Visitors;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;
use crate::sessions::session_id;
use crate::state::AppState;

/// The page that asks before another member becomes the owner.
///
/// # Errors
/// For users other than the owner, for unknown members, and when PostgreSQL fails.
pub async fn ask(member: Member, visit: Visit, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let scope = of_owner(&member)?;
    Ok(answer::ok(plan(&scope, &member, visit, read(&id)?).await?, confirm).await)
}

/// Makes them the owner.
///
/// # Errors
/// For users other than the owner, for unknown members, and when PostgreSQL fails.
pub async fn transfer(
    State(state): State<AppState>,
    member: Member,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
    parts: Parts,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let (scope, id) = (of_owner(&member)?, read(&id)?);
    let mut again = plan(&scope, &member, visit, id).await?;
    let who = member.person.id.to_string();
    let session = session_id(&parts.headers, state.sessions.cookie()).map(|id| id.to_string()).unwrap_or_default();
    let Ok(attempt) = state.sign_in_throttle.attempt_within(Kind::Again, &who, &session).await else {
        again.faults = FieldErrors::one("password", "Too many attempts. Wait 15 minutes, then try again.");
        return Ok(answer::with(StatusCode::TOO_MANY_REQUESTS, again, confirm).await);
    };
    let knows = account::knows_password(&state.db, &state.passwords, member.person.id, value(&pairs, "password"));
    if !knows.await? {
        again.faults = FieldErrors::one("password", "Incorrect password.");
        return Ok(answer::faulty(again, confirm).await);
    }
    attempt.succeeded().await;
    match team::transfer(&scope, id).await {
        Ok(()) => {
            state.visitors.forget_person(id).await;
            state.visitors.forget_person(member.person.id).await;
            // A manager does not see the team.
            let home = format!("/t/{}", member.membership.slug);
            Ok(answer::done(&home, "transferred").into_response())
        }
        Err(DataError::Refused(words)) => {
            again.refused = Some(words);
            Ok(answer::with(StatusCode::CONFLICT, again, confirm).await)
        }
        Err(other) => Err(other.into()),
    }
}

/// Lets a member in whose address is not confirmed.
///
/// # Errors
/// For users other than the owner, for unknown members, and when PostgreSQL fails.
pub async fn vouch(
    State(visitors): State<Visitors>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let (scope, id) = (of_owner(&member)?, read(&id)?);
    team::vouch(&scope, id).await?;
    visitors.forget_person(id).await;
    Ok(answer::done(&address(&member), "vouched").into_response())
}

// An admin who views the tenant as its owner is not the owner.
fn of_owner(member: &Member) -> Result<Scope, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    if member.membership.role.is_owner() && member.impersonator.is_none() {
        Ok(scope)
    } else {
        Err(PageError::Forbidden)
    }
}

async fn plan(scope: &Scope, member: &Member, visit: Visit, id: UserId) -> Result<Confirm, PageError> {
    let found = team::member(scope, id).await?;
    let frame = frame(scope, member, visit, Section::Team, None).await?;
    let (tenant, email) = (&member.membership.name, &found.email);
    let back = format!("{}/members/{id}", address(member));
    Ok(Confirm {
        title: format!("Transfer ownership to {email}?"),
        plan: vec![
            format!("{email} becomes the owner of {tenant}, with full access to all its stores."),
            "You become a manager. You can manage the stores, but not the team.".to_owned(),
            "Only the new owner can transfer it back to you.".to_owned(),
        ],
        label: "Transfer ownership",
        action: format!("{back}/transfer"),
        back,
        asks_password: true,
        faults: FieldErrors::default(),
        refused: None,
        frame,
    })
}
