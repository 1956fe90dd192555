//! One key, and its end.

use app::frame::Section;
use app::pages::keys::{OneKey, one as view};
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Response};
use db::{DataError, Scope, api_keys};
use domain::fields::FieldErrors;
use domain::ids::ApiKeyId;
use domain::permission::Permission;
use http::StatusCode;
use serde::Deserialize;

use crate::auth::Member;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

/// The form for another key.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    hours: String,
}

/// The key.
///
/// # Errors
/// For strangers, for whoever may not manage keys, unknown keys, and when PostgreSQL fails.
pub async fn show(member: Member, visit: Visit, Path((_, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageKeys)?;
    Ok(answer::ok(page(&scope, &member, visit, read(&id)?).await?, view).await)
}

/// Makes another key in its place, and shows that this once.
///
/// # Errors
/// For strangers, for whoever may not manage keys, unknown keys, and when PostgreSQL fails.
pub async fn rotate(
    member: Member,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, PageError> {
    let (scope, id) = (member.scope(Permission::ManageKeys)?, read(&id)?);
    let rotated = api_keys::rotate(&scope, id, chosen.hours.parse().unwrap_or(-1)).await;
    let mut page = page(&scope, &member, visit, id).await?;
    let status = match rotated {
        Ok(made) => {
            page.made = Some(made.text);
            StatusCode::OK
        }
        Err(DataError::Invalid(faults)) => {
            page.faults = faults;
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(DataError::Refused(words)) => {
            page.refused = Some(words);
            StatusCode::CONFLICT
        }
        Err(other) => return Err(other.into()),
    };
    Ok(answer::with(status, page, view).await)
}

/// Revokes it.
///
/// # Errors
/// For strangers, for whoever may not manage keys, unknown keys, and when PostgreSQL fails.
pub async fn revoke(
    member: Member,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let (scope, id) = (member.scope(Permission::ManageKeys)?, read(&id)?);
    match api_keys::revoke(&scope, id).await {
        Ok(()) => {
            let keys = format!("/t/{}/settings/keys", member.membership.slug);
            Ok(answer::done(&keys, "revoked").into_response())
        }
        Err(DataError::Refused(words)) => {
            let mut page = page(&scope, &member, visit, id).await?;
            page.refused = Some(words);
            Ok(answer::with(StatusCode::CONFLICT, page, view).await)
        }
        Err(other) => Err(other.into()),
    }
}

fn read(id: &str) -> Result<ApiKeyId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}

async fn page(scope: &Scope, member: &Member, visit: Visit, id: ApiKeyId) -> Result<OneKey, PageError> {
    let key = api_keys::show(scope, id).await?;
    let frame = frame(scope, member, visit, Section::Keys, None).await?;
    let clock = frame.clock();
    Ok(OneKey { frame, key, made: None, faults: FieldErrors::default(), refused: None, clock })
}
