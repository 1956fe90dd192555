//! `/t/{tenant}/audit/export`: what is under the filters as a file, or in parts where the tier allows no file of that size.

use app::frame::Section;
use app::pages::audit::{Around, TooLarge, too_large};
use axum::extract::{Query, State};
use axum::response::Response;
use db::audit;
use db::limits::{self, Plan};
use db::stores;
use domain::audit::AuditQuery;
use domain::fields::FieldErrors;
use domain::limits::Limit;
use domain::page::{Cursor, Cursors, Direction, List, Place, Seal};
use domain::permission::Permission;
use http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use super::{file, lines, most, shown, understood};
use crate::auth::Member;
use crate::cursor_seal;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::filters::Pairs;
use crate::pages::frame::frame;
use crate::pages::visit::Visit;

/// Everything under the filters, oldest last, as CSV: from `cursor` on, and `rows` of it, where they are said. What would
/// have more rows than the tier allows is refused whole, with the way to it in parts.
///
/// # Errors
/// For strangers, staff and viewers, for filters that make no sense, and when PostgreSQL fails.
pub async fn export(
    State(cursors): State<Cursors>,
    member: Member,
    visit: Visit,
    Query(typed): Query<Pairs>,
) -> Result<Response, PageError> {
    let scope = member.scope(Permission::ReadAudit)?;
    let seal = cursor_seal::of(&cursors, &scope, List::Audit);
    let (of_rows, typed): (Pairs, Pairs) = typed.into_iter().partition(|(name, _)| name == "rows");
    // A file with other entries than the filters ask for would mislead, so every error in the filters is reported here.
    let (query, mut faults) = understood(&typed, &seal);
    let rows = wanted(&of_rows, &mut faults);
    let zone = stores::account_zone(&scope).await?;
    let query = AuditQuery { tenant: None, zone: Some(zone), ..faults.into_result(query)? };
    let from = beginning(&query, &seal, &scope);
    let query = query.at(Some(from));
    let plan = limits::plan(scope.db(), scope.tenant()).await?;
    if let Some(allowed) = plan.terms.allowed(Limit::ExportRows)
        && rows.is_none_or(|rows| rows > allowed)
        && let Some(rest) = audit::rest(&scope, &query, allowed).await?
    {
        let frame = frame(&scope, &member, visit, Section::Audit, None).await?;
        return Ok(refused(frame, query, &plan, allowed, seal.seal(rest)).await);
    }
    let filters = shown(&query.at(None));
    audit::record(&scope, "audit.export", "tenant", json!({"filters": filters})).await?;
    let (slug, db) = (member.membership.slug.clone(), scope.db().clone());
    let pages = move |query: AuditQuery| {
        let (scope, seal) = (scope.clone(), seal.clone());
        async move { Ok(audit::entries(&scope, &query, most()).await?.sealed(&seal)) }
    };
    let rows = rows.and_then(|rows| usize::try_from(rows).ok()).unwrap_or(usize::MAX);
    Ok(file(&format!("stoa-{slug}-audit.csv"), lines(query, rows, db, pages)))
}

fn wanted(typed: &Pairs, faults: &mut FieldErrors) -> Option<i64> {
    let (_, text) = typed.iter().find(|(name, value)| name == "rows" && !value.trim().is_empty())?;
    let rows = text.trim().parse().ok().filter(|rows| *rows > 0);
    faults.add_if(rows.is_none(), "rows", "Enter a whole number above 0.");
    rows
}

// A place of its own for the newest entry too: what is recorded from now on, this export first of all, moves no part.
fn beginning(query: &AuditQuery, seal: &Seal, scope: &db::Scope) -> Place {
    let older = query.cursor.filter(|place| place.direction == Direction::Older);
    older.unwrap_or_else(|| seal.seal(Cursor { direction: Direction::Older, at: scope.now(), id: Uuid::max() }))
}

async fn refused(
    frame: app::frame::TenantFrame,
    query: AuditQuery,
    plan: &Plan,
    allowed: i64,
    rest: Place,
) -> Response {
    let (around, tier) = (Around::Tenant(Box::new(frame)), plan.name.clone());
    answer::with(StatusCode::CONFLICT, TooLarge { around, query, tier, allowed, rest }, too_large).await
}
