//! The list.

use app::frame::Place;
use app::pages::platform::tenants::{TenantList, list};
use axum::extract::{Query, State};
use axum::response::Response;
use domain::ids::TenantId;
use domain::tenants::TenantQuery;

use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::platform::{clock, frame};
use crate::pages::visit::Visit;
use crate::state::AppState;

const SHOWN: usize = 50;

/// Tenants under a filter, by their name in addresses. Four statements, whatever the rows.
///
/// # Errors
/// For everybody but platform admins, and when PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    admin: PlatformAdmin,
    visit: Visit,
    Query(typed): Query<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let (query, faults) = TenantQuery::understood(typed.iter().map(|(n, v)| (n.as_str(), v.as_str())));
    let is_faulty = !faults.is_empty();
    let limit = u64::try_from(SHOWN).unwrap_or(u64::MAX) + 1;
    let mut rows = if is_faulty { Vec::new() } else { admin.platform.find_tenants(&query, limit).await? };
    let more = rows.len() > SHOWN;
    rows.truncate(SHOWN);
    let ids: Vec<TenantId> = rows.iter().map(|row| row.id).collect();
    let page = TenantList {
        next: rows.last().filter(|_| more).map(|row| row.slug.clone()),
        figures: admin.platform.figures(&ids).await?,
        tiers: admin.platform.tiers().await?,
        rows,
        query,
        faults,
        done: visit.done().and_then(super::done_words),
        frame: frame(&admin, visit, Place::Tenants),
        clock: clock(&state),
    };
    let page = list(&page);
    Ok(if is_faulty { answer::faulty(&page) } else { answer::ok(&page) })
}
