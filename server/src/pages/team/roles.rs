//! Roles of the tenant's own.

use app::frame::Section;
use app::pages::team::{RolePage, role as view};
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use db::team::OwnRole;
use db::{DataError, Scope, team};
use domain::fields::FieldErrors;
use domain::ids::RoleId;
use domain::permission::{Permission, Permissions};
use http::StatusCode;

use super::form::{Pairs, permissions, value};
use super::index::address;
use crate::auth::Member;
use crate::auth::visitors::Visitors;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

/// The form for a new role.
///
/// # Errors
/// For strangers, for whoever may not manage people, and when PostgreSQL fails.
pub async fn new(member: Member, visit: Visit) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    Ok(answer::ok(page(&scope, &member, visit, None).await?, view).await)
}

/// Makes a role.
///
/// # Errors
/// For strangers, for whoever may not manage people, and when PostgreSQL fails.
pub async fn create(member: Member, visit: Visit, Form(pairs): Form<Pairs>) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    let made = team::create_role(&scope, value(&pairs, "name"), permissions(&pairs)).await;
    after(&scope, &member, visit, None, &pairs, made.map(drop)).await
}

/// A role.
///
/// # Errors
/// For strangers, for whoever may not manage people, unknown roles, and when PostgreSQL fails.
pub async fn show(member: Member, visit: Visit, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    let role = find(&scope, &id).await?;
    Ok(answer::ok(page(&scope, &member, visit, Some(role)).await?, view).await)
}

/// Changes a role.
///
/// # Errors
/// For strangers, for whoever may not manage people, unknown roles, and when PostgreSQL fails.
pub async fn update(
    State(visitors): State<Visitors>,
    member: Member,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    let role = find(&scope, &id).await?;
    let done = team::update_role(&scope, role.id, value(&pairs, "name"), permissions(&pairs)).await;
    visitors.forget_person(member.person.id).await;
    after(&scope, &member, visit, Some(role), &pairs, done).await
}

/// Deletes a role that nobody has.
///
/// # Errors
/// For strangers, for whoever may not manage people, unknown roles, and when PostgreSQL fails.
pub async fn delete(
    member: Member,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManagePeople)?;
    let role = find(&scope, &id).await?;
    match team::delete_role(&scope, role.id).await {
        Ok(()) => Ok(answer::done(&address(&member), "role-deleted").into_response()),
        Err(DataError::Refused(words)) => {
            let mut page = page(&scope, &member, visit, Some(role)).await?;
            page.refused = Some(words);
            Ok(answer::with(StatusCode::CONFLICT, page, view).await)
        }
        Err(other) => Err(other.into()),
    }
}

async fn find(scope: &Scope, id: &str) -> Result<OwnRole, PageError> {
    let id: RoleId = id.parse().map_err(|_| PageError::NotFound)?;
    team::roles(scope).await?.into_iter().find(|role| role.id == id).ok_or(PageError::NotFound)
}

async fn after(
    scope: &Scope,
    member: &Member,
    visit: Visit,
    role: Option<OwnRole>,
    pairs: &Pairs,
    done: Result<(), DataError>,
) -> Result<Response, PageError> {
    let (status, faults, refused) = match done {
        Ok(()) => return Ok(answer::done(&address(member), "role").into_response()),
        Err(DataError::Invalid(faults)) => (StatusCode::UNPROCESSABLE_ENTITY, faults, None),
        Err(DataError::Refused(words)) => (StatusCode::CONFLICT, FieldErrors::default(), Some(words)),
        Err(other) => return Err(other.into()),
    };
    let mut page = page(scope, member, visit, role).await?;
    page.name = value(pairs, "name").to_owned();
    page.permissions = permissions(pairs);
    page.faults = faults;
    page.refused = refused;
    Ok(answer::with(status, page, view).await)
}

async fn page(scope: &Scope, member: &Member, visit: Visit, role: Option<OwnRole>) -> Result<RolePage, PageError> {
    let may_give: Permissions = Permission::ALL.into_iter().filter(|p| member.may(*p)).collect();
    Ok(RolePage {
        frame: frame(scope, member, visit, Section::Team, None).await?,
        name: role.as_ref().map(|role| role.name.clone()).unwrap_or_default(),
        permissions: role.as_ref().map(|role| role.permissions).unwrap_or_default(),
        role,
        may_give,
        faults: FieldErrors::default(),
        refused: None,
    })
}
