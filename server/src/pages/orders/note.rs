//! Adding an internal note to the timeline of an order.

use app::pages::orders::Asked;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use db::orders::change::Change;
use domain::page::Cursors;
use domain::permission::Permission;

use super::change::{Submission, filled, value};
use super::show::Named;
use crate::auth::Member;
use crate::error::PageError;
use crate::pages::filters::Pairs;
use crate::pages::visit::Visit;

/// Adds the note.
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
    let submission = Submission::open(&cursors, (member, visit), (named, &listed), Permission::WriteOrders).await?;
    let change = Change::Note(value(&form, "text").to_owned());
    submission.apply(Ok(change), None, "noted", |faults| Asked::Note(filled(form, faults))).await
}
