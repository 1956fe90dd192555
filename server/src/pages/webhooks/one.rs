//! One webhook and its deliveries.

use app::frame::Section;
use app::pages::webhooks::{OneWebhook, address as webhooks_of, one as view};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use db::{Scope, webhooks};
use domain::ids::WebhookId;
use domain::page::{Cursors, Limit, List};
use domain::permission::Permission;
use domain::webhooks::DeliveryQuery;

use super::form::Pairs;
use crate::auth::Member;
use crate::cursor_seal;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::filters;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

/// The webhook, and one page of its log.
///
/// # Errors
/// For strangers, for members who may not manage webhooks, for unknown webhooks, and when PostgreSQL fails.
pub async fn show(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path((_, id)): Path<(String, String)>,
    Query(typed): Query<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ManageKeys)?;
    let page = page(&cursors, &scope, &member, visit, (read(&id)?, &typed)).await?;
    Ok(answer::ok(page, view).await)
}

/// Everything about the webhook `id`, with the part of its log that `typed` names.
pub(super) async fn page(
    cursors: &Cursors,
    scope: &Scope,
    member: &Member,
    visit: Visit,
    (id, typed): (WebhookId, &Pairs),
) -> Result<OneWebhook, PageError> {
    let seal = cursor_seal::of(cursors, scope, List::Deliveries);
    let (query, faults) = DeliveryQuery::understood(filters::of(typed), &seal);
    let webhook = webhooks::show(scope, id).await?;
    let page = webhooks::deliveries(scope, id, &query, Limit::default()).await?.sealed(&seal);
    let done = visit.done().map(str::to_owned);
    let frame = frame(scope, member, visit, Section::Webhooks, None).await?;
    let (clock, typed) = (frame.clock(), typed.clone());
    Ok(OneWebhook { frame, webhook, made: None, done, refused: None, query, typed, faults, page, clock })
}

pub(super) fn read(id: &str) -> Result<WebhookId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}

/// Where it is.
pub(super) fn address(member: &Member, id: WebhookId) -> String {
    format!("{}/{id}", webhooks_of(&member.membership.slug))
}
