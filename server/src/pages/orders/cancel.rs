//! Cancelling an order: a form that says what follows, and its submission.

use app::pages::orders::{Asked, Filled};
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use db::orders::change::Change;
use domain::page::Cursors;
use domain::permission::Permission;

use super::change::{Submission, filled, is_ticked, value};
use super::show::Named;
use crate::auth::Member;
use crate::error::PageError;
use crate::pages::filters::Pairs;
use crate::pages::visit::Visit;

/// The order with the form open.
///
/// # Errors
/// For strangers and viewers, unknown orders, and when PostgreSQL fails.
pub async fn ask(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Path(named): Path<Named>,
    Query(listed): Query<Pairs>,
) -> Result<Response, PageError> {
    let form = Submission::open(&cursors, (member, visit), (named, &listed), Permission::CancelOrders).await?;
    form.show(Asked::Cancel(Filled::default())).await
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
    Form(form): Form<Pairs>,
) -> Result<Response, PageError> {
    let submission = Submission::open(&cursors, (member, visit), (named, &listed), Permission::CancelOrders).await?;
    let change = Change::Cancel { reason: value(&form, "reason").to_owned(), restock: is_ticked(&form, "restock") };
    submission.apply(Ok(change), None, "cancelled", |faults| Asked::Cancel(filled(form, faults))).await
}
