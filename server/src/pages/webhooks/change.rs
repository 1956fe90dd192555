//! What is done to a webhook: rests, tests, another secret, its end.

use app::frame::Section;
use app::pages::team::{Confirm, confirm};
use app::pages::webhooks::{address as webhooks_of, one as view};
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Response};
use db::sealing::Sealer;
use db::webhooks::{self, Resume};
use db::{DataError, Scope};
use domain::fields::FieldErrors;
use domain::ids::WebhookId;
use domain::page::Cursors;
use domain::permission::Permission;
use http::StatusCode;
use serde::Deserialize;

use super::form::Pairs;
use super::one::{address, page, read};
use crate::auth::Member;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

/// The form that resumes.
#[derive(Debug, Deserialize)]
pub struct From {
    #[serde(default)]
    from: String,
}

type Named = Path<(String, String)>;

/// Stops it for a while.
///
/// # Errors
/// For strangers, for whoever may not manage webhooks, unknown ones, and when PostgreSQL fails.
pub async fn pause(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path((_, id)): Named,
) -> Result<Response, PageError> {
    let (scope, id) = (member.scope(Permission::ManageKeys)?, read(&id)?);
    let done = webhooks::pause(&scope, id).await;
    over(&cursors, &scope, &member, visit, (id, done, "paused")).await
}

/// Lets it go on.
///
/// # Errors
/// For strangers, for whoever may not manage webhooks, unknown ones, and when PostgreSQL fails.
pub async fn resume(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path((_, id)): Named,
    Form(form): Form<From>,
) -> Result<Response, PageError> {
    let (scope, id) = (member.scope(Permission::ManageKeys)?, read(&id)?);
    let done = match form.from.as_str() {
        "where-it-stopped" => webhooks::resume(&scope, id, Resume::WhereItStopped).await,
        "now" => webhooks::resume(&scope, id, Resume::FromNow).await,
        _ => Err(FieldErrors::one("from", "Choose where to resume.").into()),
    };
    over(&cursors, &scope, &member, visit, (id, done, "resumed")).await
}

/// Makes another secret, and shows it this once.
///
/// # Errors
/// For strangers, for whoever may not manage webhooks, unknown ones, and when PostgreSQL fails.
pub async fn rotate(
    State(cursors): State<Cursors>,
    State(sealer): State<Sealer>,
    member: Member,
    visit: Visit,
    Path((_, id)): Named,
) -> Result<Response, PageError> {
    let (scope, id) = (member.scope(Permission::ManageKeys)?, read(&id)?);
    let made = webhooks::rotate(&scope, &sealer, id).await?;
    let mut page = page(&cursors, &scope, &member, visit, (id, &Pairs::new())).await?;
    page.made = Some(made.secret);
    Ok(answer::ok(page, view).await)
}

/// Sends a test.
///
/// # Errors
/// For strangers, for whoever may not manage webhooks, unknown ones, and when PostgreSQL fails.
pub async fn test(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path((_, id)): Named,
) -> Result<Response, PageError> {
    let (scope, id) = (member.scope(Permission::ManageKeys)?, read(&id)?);
    let done = webhooks::test(&scope, id).await.map(drop);
    over(&cursors, &scope, &member, visit, (id, done, "tested")).await
}

/// Sends one delivery again.
///
/// # Errors
/// For strangers, for whoever may not manage webhooks, unknown ones and deliveries, and when PostgreSQL fails.
pub async fn again(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path((_, id, delivery)): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    let (scope, id) = (member.scope(Permission::ManageKeys)?, read(&id)?);
    let delivery = delivery.parse().map_err(|_| PageError::NotFound)?;
    let done = webhooks::again(&scope, id, delivery).await;
    over(&cursors, &scope, &member, visit, (id, done, "again")).await
}

/// What follows when it is deleted.
///
/// # Errors
/// For strangers, for whoever may not manage webhooks, unknown ones, and when PostgreSQL fails.
pub async fn ask_delete(member: Member, visit: Visit, Path((_, id)): Named) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageKeys)?;
    let webhook = webhooks::show(&scope, read(&id)?).await?;
    let back = address(&member, webhook.id);
    let plan = Confirm {
        frame: frame(&scope, &member, visit, Section::Webhooks, None).await?,
        title: "Delete webhook?".to_owned(),
        plan: vec![
            format!("Stoa stops sending events to {}. Pending deliveries are dropped.", webhook.url),
            "Its deliveries, attempts and secret are deleted.".to_owned(),
            "You cannot undo this. To stop it temporarily, pause it instead.".to_owned(),
        ],
        label: "Delete webhook",
        action: format!("{back}/delete"),
        back,
        asks_password: false,
        faults: FieldErrors::default(),
        refused: None,
    };
    Ok(answer::ok(plan, confirm).await)
}

/// Deletes it.
///
/// # Errors
/// For strangers, for whoever may not manage webhooks, unknown ones, and when PostgreSQL fails.
pub async fn delete(member: Member, Path((_, id)): Named) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageKeys)?;
    webhooks::delete(&scope, read(&id)?).await?;
    Ok(answer::done(&webhooks_of(&member.membership.slug), "deleted").into_response())
}

async fn over(
    cursors: &Cursors,
    scope: &Scope,
    member: &Member,
    visit: Visit,
    (id, done, word): (WebhookId, Result<(), DataError>, &str),
) -> Result<Response, PageError> {
    let (status, faults, refused) = match done {
        Ok(()) => return Ok(answer::done(&address(member, id), word).into_response()),
        Err(DataError::Invalid(faults)) => (StatusCode::UNPROCESSABLE_ENTITY, faults, None),
        Err(DataError::Refused(words)) => (StatusCode::CONFLICT, FieldErrors::default(), Some(words)),
        Err(other) => return Err(other.into()),
    };
    let mut page = page(cursors, scope, member, visit, (id, &Pairs::new())).await?;
    (page.faults, page.refused) = (faults, refused);
    Ok(answer::with(status, page, view).await)
}
