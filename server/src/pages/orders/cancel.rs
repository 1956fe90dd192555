//! Cancelling an order: a form that says what follows, and its submission.

use app::pages::orders::{Asked, show as view};
use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse, Response};
use db::{DataError, orders};
use domain::fields::FieldErrors;
use domain::page::Cursors;
use domain::permission::Permission;
use serde::Deserialize;

use super::show::{Named, page, within};
use crate::auth::Member;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::filters::Pairs;
use crate::pages::visit::Visit;

/// The form.
#[derive(Debug, Deserialize)]
pub struct Given {
    #[serde(default)]
    reason: String,
}

/// The order with the form open.
///
/// # Errors
/// For strangers and viewers, unknown orders, and when PostgreSQL fails.
pub async fn ask(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Query(typed): Query<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::CancelOrders)?;
    let order = named.find(&scope).await?;
    let within = within(&cursors, &scope, &typed).await?;
    let asked = Asked::Cancel { reason: String::new(), faults: FieldErrors::default() };
    Ok(answer::ok(page(&member, visit, order, (within, asked)).await?, view).await)
}

/// Cancels the order.
///
/// # Errors
/// For strangers and viewers, unknown orders, and when PostgreSQL fails.
pub async fn submit(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Query(listed): Query<Pairs>,
    Form(given): Form<Given>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::CancelOrders)?;
    let order = named.find(&scope).await?;
    let within = within(&cursors, &scope, &listed).await?;
    let faults = match orders::cancel::cancel(&scope, order.order.id, &given.reason).await {
        Ok(()) => {
            return Ok(answer::done(&named.address(&member.membership.slug, &within), "cancelled").into_response());
        }
        Err(DataError::Refused(words)) => FieldErrors::one("order", words),
        Err(DataError::Invalid(faults)) => faults,
        Err(other) => return Err(other.into()),
    };
    let asked = Asked::Cancel { reason: given.reason, faults };
    Ok(answer::faulty(page(&member, visit, order, (within, asked)).await?, view).await)
}
