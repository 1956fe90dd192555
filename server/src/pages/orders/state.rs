//! Buttons that need no form of their own: closing an order and opening it again, holding it and releasing it.

use app::pages::orders::Asked;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use db::orders::change::Change;
use domain::fields::FieldErrors;
use domain::page::Cursors;
use domain::permission::Permission;

use super::change::{Submission, is_ticked};
use super::show::Named;
use crate::auth::Member;
use crate::error::PageError;
use crate::pages::filters::Pairs;
use crate::pages::visit::Visit;

/// Closes the order, or opens it again.
///
/// # Errors
/// For strangers and viewers, unknown orders, and when PostgreSQL fails.
pub async fn close(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Query(listed): Query<Pairs>,
    Form(form): Form<Pairs>,
) -> Result<Response, PageError> {
    let submission = Submission::open(&cursors, (member, visit), (named, &listed), Permission::WriteOrders).await?;
    let closed = is_ticked(&form, "closed");
    let word = if closed { "closed" } else { "reopened" };
    submission.apply(Ok(Change::Close(closed)), None, word, refused).await
}

/// Holds what is left to be sent, or releases it.
///
/// # Errors
/// For strangers and viewers, unknown orders, and when PostgreSQL fails.
pub async fn hold(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Query(listed): Query<Pairs>,
    Form(form): Form<Pairs>,
) -> Result<Response, PageError> {
    let submission = Submission::open(&cursors, (member, visit), (named, &listed), Permission::WriteOrders).await?;
    let held = is_ticked(&form, "held");
    let word = if held { "held" } else { "released" };
    submission.apply(Ok(Change::Hold(held)), None, word, refused).await
}

fn refused(faults: FieldErrors) -> Asked {
    Asked::Refused(faults.of("order").unwrap_or_default().to_owned())
}
