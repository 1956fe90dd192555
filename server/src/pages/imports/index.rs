//! The list of imports.

use app::frame::Section;
use app::pages::imports::{ImportIndex, index};
use axum::extract::{Query, State};
use axum::response::Response;
use domain::imports::ImportQuery;
use domain::page::{Cursors, Limit, List};
use domain::permission::Permission;

use crate::auth::Member;
use crate::cursor_seal;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::filters::{self, NO_STORE, Pairs};
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

/// One page of imports.
///
/// # Errors
/// For strangers, and when PostgreSQL fails.
pub async fn show(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Query(typed): Query<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadImports)?;
    let seal = cursor_seal::of(&cursors, &scope, List::Imports);
    let (mut query, mut faults) = ImportQuery::understood(filters::of(&typed), &seal);
    let frame = frame(&scope, &member, visit, Section::Imports, query.store.clone()).await?;
    if query.store != frame.store {
        faults.add("store", NO_STORE);
        query.store = None;
    }
    query.zone = Some(frame.zone);
    let page = db::imports::list(&scope, &query, Limit::default()).await?.sealed(&seal);
    let may_run = member.may(Permission::RunImports);
    Ok(answer::ok(ImportIndex { frame, query, typed, faults, page, may_run }, index).await)
}
