//! Vouching for the address of a tenant's member.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use db::team;
use domain::ids::UserId;
use domain::permission::Permission;

use crate::auth::PlatformAdmin;
use crate::auth::visitors::Visitors;
use crate::error::PageError;
use crate::pages::answer;

/// `POST /platform/tenants/{slug}/members/{member}/vouch`.
///
/// # Errors
/// For everybody but platform admins, unknown tenants and members, and when PostgreSQL fails.
pub async fn submit(
    State(visitors): State<Visitors>,
    admin: PlatformAdmin,
    Path((slug, member)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let member: UserId = member.parse().map_err(|_| PageError::NotFound)?;
    let scope = admin.platform.enter(&slug).await?.scope(Permission::ManagePeople)?;
    let found = team::member(&scope, member).await?;
    admin.platform.vouch(found.id).await?;
    visitors.forget_person(found.id).await;
    Ok(answer::done(&format!("/platform/tenants/{slug}/members"), "vouched").into_response())
}
