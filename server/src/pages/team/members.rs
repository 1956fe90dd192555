//! One member: what they may do, and how they leave.

use app::frame::Section;
use app::pages::team::{Confirm, MemberPage, PlaceForm, confirm, member as view};
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use db::{DataError, Scope, team};
use domain::fields::FieldErrors;
use domain::ids::UserId;
use domain::permission::Permission;
use http::StatusCode;

use super::form::{self, Pairs};
use super::index::address;
use crate::auth::Member;
use crate::auth::visitors::Visitors;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

/// The member.
///
/// # Errors
/// For strangers, for whoever may not manage people, unknown members, and when PostgreSQL fails.
pub async fn show(member: Member, visit: Visit, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    Ok(answer::ok(page(&scope, &member, visit, read(&id)?, None, None).await?, view).await)
}

/// Gives them another role and other stores.
///
/// # Errors
/// For strangers, for whoever may not manage people, unknown members, and when PostgreSQL fails.
pub async fn change(
    State(visitors): State<Visitors>,
    member: Member,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let (scope, id) = (member.scope(Permission::ManagePeople)?, read(&id)?);
    let (status, faults, refused) = match team::change(&scope, id, &form::place(&pairs)).await {
        Ok(()) => {
            visitors.forget_person(id).await;
            return Ok(answer::done(&address(&member), "changed").into_response());
        }
        Err(DataError::Invalid(faults)) => (StatusCode::UNPROCESSABLE_ENTITY, faults, None),
        Err(DataError::Refused(words)) => (StatusCode::CONFLICT, FieldErrors::default(), Some(words)),
        Err(other) => return Err(other.into()),
    };
    let form = form::again(&pairs, faults);
    Ok(answer::with(status, page(&scope, &member, visit, id, Some(form), refused).await?, view).await)
}

/// What follows when they are removed.
///
/// # Errors
/// For strangers, for whoever may not manage people, unknown members, and when PostgreSQL fails.
pub async fn ask_remove(
    member: Member,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    Ok(answer::ok(plan(&scope, &member, visit, read(&id)?, None).await?, confirm).await)
}

/// Removes them.
///
/// # Errors
/// For strangers, for whoever may not manage people, unknown members, and when PostgreSQL fails.
pub async fn remove(
    State(visitors): State<Visitors>,
    member: Member,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let (scope, id) = (member.scope(Permission::ManagePeople)?, read(&id)?);
    match team::remove(&scope, id).await {
        Ok(_) => {
            visitors.forget_person(id).await;
            Ok(answer::done(&address(&member), "removed").into_response())
        }
        Err(DataError::Refused(words)) => {
            let plan = plan(&scope, &member, visit, id, Some(words)).await?;
            Ok(answer::with(StatusCode::CONFLICT, plan, confirm).await)
        }
        Err(other) => Err(other.into()),
    }
}

/// The id of a member in an address.
pub(super) fn read(id: &str) -> Result<UserId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}

async fn page(
    scope: &Scope,
    member: &Member,
    visit: Visit,
    id: UserId,
    form: Option<PlaceForm>,
    refused: Option<String>,
) -> Result<MemberPage, PageError> {
    let found = team::member(scope, id).await?;
    let frame = frame(scope, member, visit, Section::Team, None).await?;
    Ok(MemberPage {
        form: form.unwrap_or_else(|| PlaceForm::of(found.role.code(), &found.stores, &frame.stores)),
        roles: team::roles(scope).await?,
        is_me: id == member.person.id,
        i_own: member.membership.role.is_owner(),
        member: found,
        refused,
        clock: frame.clock(),
        frame,
    })
}

async fn plan(
    scope: &Scope,
    member: &Member,
    visit: Visit,
    id: UserId,
    refused: Option<String>,
) -> Result<Confirm, PageError> {
    let found = team::member(scope, id).await?;
    let frame = frame(scope, member, visit, Section::Team, None).await?;
    let back = format!("{}/members/{id}", address(member));
    Ok(Confirm {
        title: format!("Remove {}?", found.email),
        plan: vec![
            format!("{} loses access to {} within seconds.", found.email, member.membership.name),
            "Their account is not deleted. Orders, timelines and the audit log keep their name.".to_owned(),
            "API keys and webhooks that they created keep working. They are marked in their lists. Rotate or revoke \
             them."
                .to_owned(),
            "Invitations that they sent become invalid. Resend those that you still need.".to_owned(),
            "To undo this, invite them again.".to_owned(),
        ],
        label: "Remove member",
        action: format!("{back}/remove"),
        back,
        asks_password: false,
        faults: FieldErrors::default(),
        refused,
        frame,
    })
}
