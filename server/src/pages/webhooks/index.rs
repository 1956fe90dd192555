//! All webhooks, and making one.

use std::sync::Arc;

use app::frame::Section;
use app::pages::webhooks::{WebhookForm, WebhookIndex, index as view};
use axum::extract::{Form, State};
use axum::response::Response;
use db::sealing::Sealer;
use db::{DataError, Scope, webhooks};
use domain::permission::Permission;

use super::form::{Pairs, typed, understood};
use crate::auth::Member;
use crate::config::Config;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

/// The webhooks.
///
/// # Errors
/// For strangers, for whoever may not manage webhooks, and when PostgreSQL fails.
pub async fn show(member: Member, visit: Visit) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageKeys)?;
    Ok(answer::ok(page(&scope, &member, visit, WebhookForm::default(), None).await?, view).await)
}

/// Makes a webhook, and shows its secret this once.
///
/// # Errors
/// For strangers, for whoever may not manage webhooks, where the tier allows no more, and when PostgreSQL fails.
pub async fn create(
    State(config): State<Arc<Config>>,
    State(sealer): State<Sealer>,
    member: Member,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageKeys)?;
    let form = typed(&pairs);
    let made = match understood(&config, &scope, &form).await {
        Ok(new) => webhooks::create(&scope, &sealer, &new).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => {
            let page = page(&scope, &member, visit, WebhookForm::default(), Some(made.secret)).await?;
            Ok(answer::ok(page, view).await)
        }
        Err(DataError::Invalid(faults)) => {
            Ok(answer::faulty(page(&scope, &member, visit, WebhookForm { faults, ..form }, None).await?, view).await)
        }
        Err(other) => Err(other.into()),
    }
}

async fn page(
    scope: &Scope,
    member: &Member,
    visit: Visit,
    form: WebhookForm,
    made: Option<String>,
) -> Result<WebhookIndex, PageError> {
    let done = visit.done().map(str::to_owned);
    let frame = frame(scope, member, visit, Section::Webhooks, None).await?;
    let webhooks = webhooks::list(scope).await?;
    let clock = frame.clock();
    Ok(WebhookIndex { frame, webhooks, form, made, done, clock })
}
