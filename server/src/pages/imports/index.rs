//! The list of imports.

use app::frame::Section;
use app::pages::imports::{ImportIndex, index};
use axum::extract::{Query, State};
use axum::response::Response;
use domain::imports::ImportQuery;
use domain::page::{Limit, List};
use domain::permission::Permission;

use crate::auth::Member;
use crate::cursors;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;
use crate::state::AppState;

/// One page of imports.
///
/// # Errors
/// For strangers, and when PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    member: Member,
    visit: Visit,
    Query(typed): Query<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadImports)?;
    let seal = cursors::of(&state, &scope, List::Imports);
    let pairs = typed.iter().map(|(n, v)| (n.as_str(), v.as_str()));
    let (query, faults) = ImportQuery::understood(pairs, &seal);
    let is_faulty = !faults.is_empty();
    let page =
        if is_faulty { None } else { Some(db::imports::list(&scope, &query, Limit::default()).await?.sealed(&seal)) };
    let frame = frame(&scope, &member, visit, Section::Imports, query.store.clone()).await?;
    let may_run = member.may(Permission::RunImports);
    let page = index(&ImportIndex { frame, query, faults, page, may_run, now: state.db.clock().now() });
    Ok(if is_faulty { answer::faulty(&page) } else { answer::ok(&page) })
}
