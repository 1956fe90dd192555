//! The list of imports.

use app::frame::Section;
use app::pages::imports::{ImportIndex, index};
use axum::extract::{Query, State};
use axum::response::Response;
use domain::fields::FieldErrors;
use domain::page::{Cursor, Limit};
use domain::permission::Permission;
use serde::Deserialize;

use crate::auth::Member;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;
use crate::state::AppState;

/// Where the page begins.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    cursor: Option<String>,
}

/// One page of imports.
///
/// # Errors
/// For strangers, and when PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    member: Member,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadImports)?;
    let read =
        |text: &str| Cursor::decode(text).ok_or_else(|| FieldErrors::one("cursor", "is not a cursor of this list"));
    let cursor = wanted.cursor.as_deref().map(read).transpose()?;
    let page = db::imports::list(&scope, cursor.as_ref(), Limit::default()).await?;
    let frame = frame(&scope, &member, visit, Section::Imports, None).await?;
    let may_run = member.may(Permission::RunImports);
    Ok(answer::ok(&index(&ImportIndex { frame, page, may_run, now: state.db.clock().now() })))
}
