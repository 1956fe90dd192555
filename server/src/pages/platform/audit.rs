//! `/platform/audit`: who did what, everywhere.

use app::frame::Place;
use app::pages::audit::{Around, AuditPage, page as view};
use axum::extract::{Query, State};
use axum::response::Response;
use db::platform::Platform;
use db::{DataError, audit, people};
use domain::audit::AuditQuery;
use domain::fields::FieldErrors;
use domain::page::{Cursors, Limit, List, Page};
use serde_json::json;

use super::{clock, frame};
use crate::auth::PlatformAdmin;
use crate::cursor_seal;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::audit::{actors, file, lines, most, shown, understood};
use crate::pages::visit::Visit;

/// One page of the record of all tenants.
///
/// # Errors
/// For users who are not platform admins, and when PostgreSQL fails.
pub async fn index(
    State(cursors): State<Cursors>,
    admin: PlatformAdmin,
    visit: Visit,
    Query(typed): Query<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let seal = cursor_seal::of_platform(&cursors, &admin.platform, List::Audit);
    let (query, mut faults) = understood(&typed, &seal);
    let (query, page) = match find(&admin.platform, &query, &mut faults).await? {
        Some(page) => (query, page),
        None => {
            let query = AuditQuery { tenant: None, ..query };
            let page = audit::platform_entries(&admin.platform, &query, Limit::default()).await?;
            (query, page)
        }
    };
    let page = page.sealed(&seal);
    let people = people::emails(admin.platform.db(), actors(&page, &query)).await?;
    let around = Around::Platform(frame(&admin, visit, Place::Audit));
    Ok(answer::ok(AuditPage { around, query, typed, faults, page, people, clock: clock(&admin.platform) }, view).await)
}

/// Everything under the filters as CSV.
///
/// # Errors
/// For users who are not platform admins, for filters that make no sense, and when PostgreSQL fails.
pub async fn export(
    State(cursors): State<Cursors>,
    admin: PlatformAdmin,
    Query(typed): Query<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let seal = cursor_seal::of_platform(&cursors, &admin.platform, List::Audit);
    let (query, mut faults) = understood(&typed, &seal);
    let query = AuditQuery { cursor: None, ..query };
    if faults.is_empty() {
        find(&admin.platform, &query, &mut faults).await?;
    }
    let query = faults.into_result(query)?;
    admin.platform.record("audit.export", "platform", json!({"filters": shown(&query)})).await?;
    let (platform, db) = (admin.platform.clone(), admin.platform.db().clone());
    let pages = move |query: AuditQuery| {
        let (platform, seal) = (platform.clone(), seal.clone());
        async move { Ok(audit::platform_entries(&platform, &query, most()).await?.sealed(&seal)) }
    };
    Ok(file("stoa-audit.csv", lines(query, usize::MAX, db, pages)))
}

async fn find(
    platform: &Platform,
    query: &AuditQuery,
    faults: &mut FieldErrors,
) -> Result<Option<Page<audit::Entry>>, DataError> {
    match audit::platform_entries(platform, query, Limit::default()).await {
        Err(DataError::NotFound("tenant")) => {
            let slug = query.tenant.as_deref().unwrap_or_default();
            faults.add("tenant", format!("There is no tenant '{slug}'."));
            Ok(None)
        }
        found => found.map(Some),
    }
}
